-- The bits that both whole numbers have; SQL has an operator for it but no function.
create or replace macro spl_bit_and(one, other) as one & other;
