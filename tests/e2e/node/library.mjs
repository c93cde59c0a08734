// Does with one library what standard input asks for: one line of JSON in, one out. Every library in `libraries/` does
// the same things and answers in the same form, so that one test serves them all.
import { createInterface } from "node:readline";

const { actions, failed } = await import(`./libraries/${process.argv[2]}.mjs`);

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, options, ...order } = JSON.parse(line);
  const { base_url: baseURL, api_key: apiKey, max_retries: maxRetries, timeout } = options;
  const connection = { baseURL, apiKey, maxRetries, timeout: timeout * 1000 };
  let answer;
  try {
    answer = await actions[what](connection, order);
  } catch (error) {
    answer = { error: { message: String(error), class: error?.constructor?.name, ...failed(error) } };
  }
  console.log(JSON.stringify(answer));
}
