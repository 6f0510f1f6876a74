-- The range of a number between `factor` times two neighbouring powers of `base`, as the text <from>-<to>; null where it has no
-- logarithm. The logarithm says which power it is only roughly: the powers themselves decide.
create or replace macro spl_bin_log(value, factor, base) as
  list_transform(
    [nullif(greatest(value::double, 0), 0)],
    lambda number: list_transform(
      [floor(ln(number / factor) / ln(base))],
      lambda guess: list_transform(
        [
          case
            when factor * pow(base, guess) > number then guess - 1
            when factor * pow(base, guess + 1) <= number then guess + 1
            else guess
          end
        ],
        lambda power: spl_number_text(factor * pow(base, power)) || '-' || spl_number_text(factor * pow(base, power + 1))
      )[1]
    )[1]
  )[1];
