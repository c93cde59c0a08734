// LangChain's chat model for OpenAI.
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { City, Weather, tools } from "./work.mjs";

const chat = ({ baseURL, apiKey, maxRetries, timeout }, { model, stop, limit: maxTokens }) =>
  new ChatOpenAI({ model, apiKey, maxRetries, timeout, stop, maxTokens, configuration: { baseURL } });

const messages = ({ text = "hello", picture }) => {
  const parts = [{ type: "text", text }, { type: "image_url", image_url: { url: picture } }];
  return [new HumanMessage({ content: picture ? parts : text })];
};

const offered = (ran) =>
  Object.entries(tools(ran)).map(([name, { description, run }]) => tool(run, { name, description, schema: City }));

const told = ({ text, additional_kwargs: more, tool_calls: calls, response_metadata: metadata, usage_metadata: usage }) => ({
  text,
  reasoning: more.reasoning_content ?? "",
  calls: (calls ?? []).map(({ name, args }) => ({ name, arguments: args })),
  finish: metadata.finish_reason,
  usage: usage && { prompt: usage.input_tokens, completion: usage.output_tokens },
});

// All chunks of an answer as one message.
const joined = async (stream) => {
  let whole, pieces = 0;
  for await (const chunk of stream) {
    whole = whole ? whole.concat(chunk) : chunk;
    if (chunk.text) pieces += 1;
  }
  return { message: whole, pieces };
};

const asked = async (model, history, stream) =>
  stream ? joined(await model.stream(history)) : { message: await model.invoke(history) };

export const actions = {
  plain: async (connection, order) => told(await chat(connection, order).invoke(messages(order))),

  stream: async (connection, order) => {
    const { message, pieces } = await asked(chat(connection, order), messages(order), true);
    return { ...told(message), pieces };
  },

  calls: async (connection, order) => {
    const { choice: tool_choice, parallel: parallel_tool_calls } = order;
    const model = chat(connection, order).bindTools(offered([]), { tool_choice, parallel_tool_calls });
    return told((await asked(model, messages(order), order.stream)).message);
  },

  loop: async (connection, order) => {
    const ran = [];
    const byName = Object.fromEntries(offered(ran).map((one) => [one.name, one]));
    const model = chat(connection, order).bindTools(Object.values(byName));
    const history = messages(order);
    for (let turn = 0; turn < 5; turn += 1) {
      const { message } = await asked(model, history, order.stream);
      history.push(message);
      if (!message.tool_calls?.length) return { text: message.text, ran };
      for (const { id, name, args } of message.tool_calls) {
        history.push(new ToolMessage({ content: await byName[name].invoke(args), tool_call_id: id }));
      }
    }
    throw new Error("the model never stopped calling");
  },

  object: async (connection, order) => {
    const model = chat(connection, order).withStructuredOutput(Weather, { name: "weather", method: order.method });
    if (!order.stream) return { object: await model.invoke(messages(order)) };
    let object;
    for await (const part of await model.stream(messages(order))) object = part;
    return { object };
  },

  abort: async (connection, order) => {
    const controller = new AbortController();
    const { signal } = controller;
    let text = "";
    try {
      for await (const chunk of await chat(connection, order).stream(messages(order), { signal })) {
        text += chunk.text;
        if (text) controller.abort();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return { text, aborted: signal.aborted };
  },
};

export const failed = ({ name, constructor, status, code, param, type, message, requestID }) => ({
  class: name === "Error" ? constructor.name : name, status, code, param, type, message, request_id: requestID,
});
