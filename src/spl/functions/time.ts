/** Functions of time: epoch seconds in, epoch seconds or text out, in UTC. `now()` is the search's own time, the same all through it. */
import { call, cast } from '../expression.ts';
import { readTime, writtenTime } from '../time-format.ts';
import { timeModifier } from '../time-modifier.ts';
import { searchTime } from '../time-window.ts';
import { asNumber, asText, numberValue, textValue } from '../value.ts';
import { argumentAt, type EvalFunctions, literalArgument } from './eval-function.ts';

export const timeFunctions: EvalFunctions = {
  now: {
    least: 0,
    most: 0,
    lower: (_, context) => numberValue(call('epoch', searchTime(context.scope.settings.window))),
  },
  strftime: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const time = asNumber(context.value(argumentAt(expression, 0)));
      return textValue(writtenTime(time, literalArgument(expression, 1), argumentAt(expression, 1).span));
    },
  },
  strptime: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const written = asText(context.value(argumentAt(expression, 0)));
      return numberValue(readTime(written, literalArgument(expression, 1), argumentAt(expression, 1).span));
    },
  },
  relative_time: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const time = asNumber(context.value(argumentAt(expression, 0)));
      const base = cast(call('spl_timestamp', time), 'timestamp');
      const moved = timeModifier(literalArgument(expression, 1), base, argumentAt(expression, 1).span);
      return numberValue(call('epoch', moved));
    },
  },
};
