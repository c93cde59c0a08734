// Does with openai's Node library what standard input asks for: one line of JSON in, one out. The argument is the
// package, which says the major version.
import { createInterface } from "node:readline";

const { default: OpenAI, OpenAIError, toFile } = await import(process.argv[2]);

const create = async (client, body) => {
  const { data, request_id } = await client.chat.completions.create(body).withResponse();
  return { result: data, request_id };
};

// Every chunk of a stream, with the error that ended it, if one did.
const stream = async (client, body) => {
  const chunks = [];
  try {
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) chunks.push(chunk);
  } catch (error) {
    return { chunks, ...failed(error) };
  }
  return { chunks };
};

const helper = async (client, body) => {
  const kinds = new Set();
  const events = client.chat.completions.stream(body);
  for (const kind of ["content.delta", "content.done", "chunk"]) events.on(kind, () => kinds.add(kind));
  return { result: await events.finalChatCompletion(), events: [...kinds].sort() };
};

// Leaves a stream after its first text.
const abandon = async (client, body) => {
  for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) {
    const text = chunk.choices[0]?.delta.content;
    if (text) return { text };
  }
  return { text: null };
};

const models = async (client) => {
  const found = [];
  for await (const model of client.models.list()) found.push(model);
  return { models: found };
};

const model = async (client, body) => ({ model: await client.models.retrieve(body.id) });

const upload = async (client, { name, data, ...body }) => {
  const file = await toFile(Buffer.from(data, "base64"), name);
  return { file: await client.files.create({ file, ...body }) };
};

// Every page of the list of files.
const files = async (client, body) => {
  const found = [];
  for await (const file of client.files.list(body)) found.push(file);
  return { files: found };
};

const file = async (client, body) => ({ file: await client.files.retrieve(body.id) });

const content = async (client, body) => {
  const answer = await client.files.content(body.id);
  return { data: Buffer.from(await answer.arrayBuffer()).toString("base64") };
};

const remove = async (client, body) => ({ deleted: await client.files.delete(body.id) });

const failed = (error) => {
  if (!(error instanceof OpenAIError)) throw error;
  const classes = [];
  for (let kind = error.constructor; kind && kind !== Error; kind = Object.getPrototypeOf(kind)) classes.push(kind.name);
  const { status, code, param, type, message, requestID } = error;
  return { error: { class: classes[0], classes, status_code: status, code, param, type, message, request_id: requestID } };
};

const actions = { create, stream, helper, abandon, models, model, upload, files, file, content, remove };

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, options, body } = JSON.parse(line);
  const { base_url: baseURL, api_key: apiKey, max_retries: maxRetries, timeout } = options;
  const client = new OpenAI({ baseURL, apiKey, maxRetries, timeout: timeout * 1000 });
  const answer = await actions[what](client, body).catch(failed);
  console.log(JSON.stringify(answer));
}
