// Vercel's AI SDK with its provider for services like OpenAI's.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateObject, generateText, isStepCount, RetryError, streamObject, streamText, tool } from "ai";
import { City, Weather, tools } from "./work.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;

const common = ({ baseURL, apiKey, maxRetries, timeout }, { model, text = "hello", picture, stop, limit }) => {
  const provider = createOpenAICompatible({ name: "qianqiao", baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });
  const parts = [{ type: "text", text }, { type: "file", data: picture, mediaType: "image/png" }];
  return {
    model: provider(model),
    messages: [{ role: "user", content: picture ? parts : text }],
    maxRetries,
    stopSequences: stop,
    maxOutputTokens: limit,
    abortSignal: AbortSignal.timeout(timeout),
  };
};

const offered = (ran) =>
  Object.fromEntries(
    Object.entries(tools(ran)).map(([name, { description, run }]) => [
      name,
      tool({ description, inputSchema: City, ...(ran && { execute: async (input) => run(input) }) }),
    ]),
  );

const told = async (result) => {
  const usage = await result.usage;
  return {
    text: await result.text,
    reasoning: (await result.reasoningText) ?? "",
    calls: (await result.toolCalls).map(({ toolName, input }) => ({ name: toolName, arguments: input })),
    finish: (await result.finishReason).replace("tool-calls", "tool_calls"),
    usage: { prompt: usage.inputTokens, completion: usage.outputTokens },
  };
};

// Reads to the end; what goes wrong on the way is a part of the stream.
const drained = async (result) => {
  let pieces = 0;
  for await (const part of result.fullStream) {
    if (part.type === "error") throw part.error;
    if (part.type === "abort") throw new DOMException("aborted", "AbortError");
    if (part.type === "text-delta") pieces += 1;
  }
  return { ...(await told(result)), pieces };
};

// What goes wrong is noted by the caller, and not printed.
const quiet = { onError: () => {} };

export const actions = {
  plain: async (connection, order) => told(await generateText(common(connection, order))),

  stream: (connection, order) => drained(streamText({ ...common(connection, order), ...quiet })),

  calls: async (connection, order) => {
    const request = { ...common(connection, order), tools: offered(null), toolChoice: order.choice };
    return order.stream ? drained(streamText({ ...request, ...quiet })) : told(await generateText(request));
  },

  loop: async (connection, order) => {
    const ran = [];
    const request = { ...common(connection, order), tools: offered(ran), stopWhen: isStepCount(5) };
    const result = order.stream ? await drained(streamText({ ...request, ...quiet })) : await generateText(request);
    return { text: result.text, ran };
  },

  object: async (connection, order) => {
    const request = { ...common(connection, order), schema: Weather };
    const result = order.stream ? streamObject({ ...request, ...quiet }) : await generateObject(request);
    if (order.stream) for await (const _ of result.partialObjectStream);
    return { object: await result.object };
  },

  abort: async (connection, order) => {
    const controller = new AbortController();
    const result = streamText({ ...common(connection, order), ...quiet, abortSignal: controller.signal });
    let text = "";
    for await (const part of result.fullStream) {
      if (part.type === "text-delta") text += part.text;
      if (text) controller.abort();
    }
    return { text, aborted: controller.signal.aborted };
  },
};

export const failed = (error) => {
  const cause = RetryError.isInstance(error) ? error.lastError : error;
  if (!APICallError.isInstance(cause)) return { class: cause?.name, message: cause?.message ?? JSON.stringify(cause) };
  const { code, param, type } = cause.data?.error ?? {};
  const { statusCode: status, message, isRetryable: retryable, responseHeaders } = cause;
  return { class: cause.name, status, code, param, type, message, retryable, request_id: responseHeaders?.["x-request-id"] };
};
