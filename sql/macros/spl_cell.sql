-- One cell of a table whose columns are named by its values.
create or replace macro spl_cell(name, value) as {'name': name, 'value': value};
