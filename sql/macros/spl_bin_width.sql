-- The width of the ranges into which bin puts numbers from `low` to `high`: the smallest power of ten from 0.001 up, not under
-- `least`, of which at most `most` ranges hold all of them and reach up to `finish`. Written as [width, parts]: width parts of 1,
-- which divides exactly where a fraction would not. Null where there are no numbers.
create or replace macro spl_bin_width(low, high, finish, least, most) as
  list_transform(
    [{'low': low::double, 'high': high::double, 'finish': finish::double}],
    lambda numbers: list_filter(
      list_transform(
        range(-3, 309),
        lambda exponent: [if(exponent > 0, pow(10.0, exponent), 1.0::double), if(exponent < 0, pow(10.0, -exponent), 1.0::double)]
      ),
      lambda width: width[1] / width[2] >= least
        and greatest(floor(numbers.high * width[2] / width[1]), ceil(numbers.finish * width[2] / width[1]) - 1)
          - floor(numbers.low * width[2] / width[1]) < most
    )[1]
  )[1];
