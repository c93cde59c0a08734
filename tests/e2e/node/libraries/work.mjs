// What the libraries are given to do: the same question, the same tools, the same form of an answer.
import { z } from "zod";

export const City = z.object({ city: z.string().describe("The city's name.") });
export const Weather = z.object({ city: z.string(), degrees: z.number(), windy: z.boolean() });

// `ran` notes what was really called, and with what.
export const tools = (ran) => ({
  get_weather: {
    description: "The weather of a city.",
    run: ({ city }) => {
      ran.push({ name: "get_weather", arguments: { city } });
      return `18 degrees in ${city}`;
    },
  },
  get_time: {
    description: "The time in a city.",
    run: ({ city }) => {
      ran.push({ name: "get_time", arguments: { city } });
      return `noon in ${city}`;
    },
  },
});
