// What the programs ask, and what their tools say. `matrix.test.ts` knows the answers.
import { z } from 'zod';

export const HELLO = 'Say hello';
export const WEATHER = 'What is the weather in Paris?';
export const WHO = 'Who was it?';
export const HANG = 'Hang';
export const SUNNY = 'sunny';
export const TOOL = 'get_weather';
export const TOOL_TEXT = 'Says the weather of a city.';
export const City = z.object({ city: z.string() });
export const Person = z.object({ name: z.string(), age: z.number() });

/** Begins something, gives up as soon as it has begun, and says how that ended. */
export async function givingUp(begin) {
  const controller = new AbortController();
  let heard = '';
  try {
    await begin(controller.signal, (text) => {
      heard += text ?? '';
      if (heard !== '') controller.abort();
    });
  } catch (thrown) {
    return { heard: heard !== '', gaveUp: controller.signal.aborted, as: thrown?.name };
  }
  return { heard: heard !== '', gaveUp: controller.signal.aborted };
}
