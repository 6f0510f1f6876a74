/** printf of eval: C's directives for texts and numbers. */
import { type EvalValue, toNumber, toText } from './eval-value.ts';
import { refuse } from './refusal.ts';

/** Undefined where a value is missing or no number where one is wanted. */
export function printf(format: string, values: readonly EvalValue[]): string | undefined {
  let at = 0;
  let isMissing = false;
  const written = format.replace(
    /%(?:%|([-+ #0]*)(\d*)(?:\.(\d+))?([a-zA-Z]))/g,
    (whole, flags, width, precision, letter) => {
      if (whole === '%%') return '%';
      const value = values[at];
      at += 1;
      const text = directive(
        { flags, precision: precision === undefined ? undefined : Number(precision), letter },
        value,
      );
      if (text === undefined) {
        isMissing = true;
        return '';
      }
      const isZeroFilled = !('dixXo'.includes(letter) && precision !== undefined);
      return padded(text, isZeroFilled ? flags : flags.replaceAll('0', ''), Number(width));
    },
  );
  return isMissing ? undefined : written;
}

interface Directive {
  readonly flags: string;
  readonly precision: number | undefined;
  readonly letter: string;
}

function directive({ flags, precision, letter }: Directive, value: EvalValue): string | undefined {
  if (letter === 's') {
    const text = toText(value);
    return text === undefined || precision === undefined ? text : [...text].slice(0, precision).join('');
  }
  const number = toNumber(value);
  if (number === undefined) return undefined;
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (letter === 'd' || letter === 'i')
    return `${sign}${String(BigInt(Math.trunc(Math.abs(number)))).padStart(precision ?? 0, '0')}`;
  if (Math.abs(number * 10 ** (precision ?? 6)) % 1 === 0.5) return refuse('printf of half a digit');
  if (letter === 'f' || letter === 'F') return `${sign}${Math.abs(number).toFixed(precision ?? 6)}`;
  if (letter === 'e') {
    const [digits = '', exponent = ''] = Math.abs(number)
      .toExponential(precision ?? 6)
      .split('e');
    return `${sign}${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  if (letter === 'x' || letter === 'X' || letter === 'o') {
    if (!Number.isSafeInteger(number) || number < 0) return undefined;
    const digits = number.toString(letter === 'o' ? 8 : 16).padStart(precision ?? 0, '0');
    return letter === 'X' ? digits.toUpperCase() : digits;
  }
  return refuse(`printf with %${letter}`);
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
