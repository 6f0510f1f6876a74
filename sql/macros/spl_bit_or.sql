-- The bits that one of two whole numbers has; SQL has an operator for it but no function.
create or replace macro spl_bit_or(one, other) as one | other;
