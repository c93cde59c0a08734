// openai 6 and 7: they are the same from outside. `openai7.mjs` hands in the other one.
import { zodResponseFormat } from "openai/helpers/zod";
import * as openai6 from "openai";
import { z } from "zod";
import { City, Weather, tools } from "./work.mjs";

export const library = ({ default: OpenAI, OpenAIError }, zodFormat) => {
  const client = ({ baseURL, apiKey, maxRetries, timeout }) => new OpenAI({ baseURL, apiKey, maxRetries, timeout });

  const body = ({ model, text = "hello", picture, stop, limit }) => {
    const parts = [{ type: "text", text }, { type: "image_url", image_url: { url: picture } }];
    return { model, messages: [{ role: "user", content: picture ? parts : text }], stop, max_tokens: limit };
  };

  const told = ({ choices: [{ message, finish_reason: finish }], usage }) => ({
    text: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    calls: (message.tool_calls ?? []).map(({ function: { name, arguments: json } }) => ({ name, arguments: JSON.parse(json) })),
    finish,
    usage: usage && { prompt: usage.prompt_tokens, completion: usage.completion_tokens },
  });

  const offered = (ran) =>
    Object.entries(tools(ran)).map(([name, { description, run }]) => ({
      type: "function",
      function: { name, description, parameters: z.toJSONSchema(City), parse: JSON.parse, function: run },
    }));

  // Without what runs them: the calls come back to us.
  const declared = () =>
    offered([]).map(({ type, function: { name, description, parameters } }) => ({ type, function: { name, description, parameters } }));

  // The helper keeps only the last piece of a field that it does not know, so that thinking is joined here.
  const joined = async (runner) => {
    let pieces = 0, reasoning = "";
    runner.on("content", () => (pieces += 1));
    runner.on("chunk", ({ choices: [choice] }) => (reasoning += choice?.delta.reasoning_content ?? ""));
    return { ...told(await runner.finalChatCompletion()), pieces, reasoning };
  };

  const actions = {
    plain: async (connection, order) => told(await client(connection).chat.completions.create(body(order))),

    stream: (connection, order) =>
      joined(client(connection).chat.completions.stream({ stream_options: { include_usage: true }, ...body(order) })),

    calls: (connection, order) => {
      const { completions } = client(connection).chat;
      const request = { ...body(order), tools: declared(), tool_choice: order.choice, parallel_tool_calls: order.parallel };
      return order.stream ? joined(completions.stream(request)) : completions.create(request).then(told);
    },

    loop: async (connection, order) => {
      const ran = [];
      const request = { ...body(order), tools: offered(ran), stream: Boolean(order.stream) };
      const runner = client(connection).chat.completions.runTools(request);
      return { text: await runner.finalContent(), ran };
    },

    object: async (connection, order) => {
      const { completions } = client(connection).chat;
      const request = { ...body(order), response_format: zodFormat(Weather, "weather") };
      const completion = order.stream ? await completions.stream(request).finalChatCompletion() : await completions.parse(request);
      return { object: completion.choices[0].message.parsed };
    },

    abort: async (connection, order) => {
      const controller = new AbortController();
      const { signal } = controller;
      const stream = await client(connection).chat.completions.create({ ...body(order), stream: true }, { signal });
      let text = "";
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (text) controller.abort();
      }
      return { text, aborted: signal.aborted };
    },
  };

  const failed = (error) => {
    if (!(error instanceof OpenAIError)) return {};
    const { status, code, param, type, message, requestID } = error;
    return { status, code, param, type, message, request_id: requestID };
  };

  return { actions, failed };
};

export const { actions, failed } = library(openai6, zodResponseFormat);
