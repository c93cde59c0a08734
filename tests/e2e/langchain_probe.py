"""Does with LangChain what standard input asks for, as `sdk_probe.py` does with the library beneath it."""

import asyncio
from contextlib import nullcontext

from langchain_openai import ChatOpenAI

from sdk_probe import MODELS, serve

# LangChain keeps its connections, which belong to one loop.
LOOP = asyncio.Runner()


def chat(options, body):
    """The model with its tools, and the messages that it gets."""
    body = dict(body)
    messages, tools = body.pop("messages"), body.pop("tools", None)
    choice = body.pop("tool_choice", None)
    model = ChatOpenAI(**options, **body)
    return (model.bind_tools(tools, tool_choice=choice) if tools else model), messages


def told(message):
    """What matters of a message."""
    return {
        "text": message.content,
        "calls": [[call["name"], call["args"]] for call in message.tool_calls],
        "ids": [call["id"] for call in message.tool_calls],
        "usage": message.usage_metadata,
        "finish": message.response_metadata.get("finish_reason"),
    }


def invoke(options, body):
    """A whole answer."""
    model, messages = chat(options, body)
    return told(model.invoke(messages))


def joined(chunks):
    """The chunks as LangChain adds them up."""
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    return {**told(whole), "pieces": sum(bool(chunk.content) for chunk in chunks)}


def stream(options, body):
    """A stream."""
    model, messages = chat(options, body)
    return joined(list(model.stream(messages)))


def astream(options, body):
    """A stream, read asynchronously."""

    async def chunks():
        model, messages = chat(options, body)
        return [chunk async for chunk in model.astream(messages)]

    return joined(LOOP.run(chunks()))


def structured(options, body):
    """An answer in the form of a model, by the method that `method` names."""
    body = dict(body)
    method, form = body.pop("method"), MODELS[body.pop("form")]
    model, messages = chat(options, body)
    answer = model.with_structured_output(form, method=method).invoke(messages)
    return {"parsed": answer.model_dump(), "class": type(answer).__name__}


serve({"invoke": invoke, "stream": stream, "astream": astream, "structured": structured}, lambda **o: nullcontext(o))
