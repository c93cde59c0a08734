"""Does with openai's Python library what standard input asks for: one line of JSON in, one out."""

import base64
import json
import sys

import openai
import pydantic


class Weather(pydantic.BaseModel):
    """The weather in a city."""

    city: str
    degrees: float
    windy: bool


class GetWeather(pydantic.BaseModel):
    """Tells the weather in a city."""

    city: str


# What a body names in place of a schema or a tool.
MODELS = {"Weather": Weather, "GetWeather": GetWeather}


def typed(body):
    """The body with models where it names them."""
    body = dict(body)
    if isinstance(body.get("response_format"), str):
        body["response_format"] = MODELS[body["response_format"]]
    if "tools" in body:
        tools = body["tools"]
        body["tools"] = [openai.pydantic_function_tool(MODELS[t]) if isinstance(t, str) else t for t in tools]
    return body


def dumped(completion):
    """A completion as plain data. Pydantic warns of parsed models that the library's types do not foresee."""
    return completion.model_dump(mode="json", warnings=False)


def create(client, body):
    """A whole answer."""
    completion = client.chat.completions.create(**body)
    return {"result": dumped(completion), "request_id": completion._request_id}


def stream(client, body):
    """Every chunk of a stream, with the error that ended it, if one did."""
    chunks = []
    try:
        with client.chat.completions.create(**body, stream=True) as events:
            chunks.extend(chunk.model_dump(mode="json", exclude_unset=True) for chunk in events)
    except openai.OpenAIError as error:
        return {"chunks": chunks, **failed(error)}
    return {"chunks": chunks}


def helper(client, body):
    """What the stream helper makes of a stream."""
    kinds = []
    with client.chat.completions.stream(**typed(body)) as events:
        kinds.extend(event.type for event in events)
        return {"result": dumped(events.get_final_completion()), "events": sorted(set(kinds))}


def parse(client, body):
    """A whole answer whose content and arguments are models."""
    return {"result": dumped(client.chat.completions.parse(**typed(body)))}


def beta_helper(client, body):
    """The stream helper where older programs have it."""
    return helper(client.beta, body)


def beta_parse(client, body):
    """Models where older programs ask for them."""
    return parse(client.beta, body)


def abandon(client, body):
    """Leaves a stream after its first text."""
    with client.chat.completions.create(**body, stream=True) as events:
        for chunk in events:
            if chunk.choices and chunk.choices[0].delta.content:
                return {"text": chunk.choices[0].delta.content}
    return {"text": None}


def models(client, _):
    """The list of models."""
    return {"models": [model.model_dump(mode="json") for model in client.models.list()]}


def model(client, body):
    """One model."""
    return {"model": client.models.retrieve(body["id"]).model_dump(mode="json")}


def upload(client, body):
    """A file that is sent; `data` is base64."""
    file = (body.pop("name"), base64.b64decode(body.pop("data")))
    return {"file": client.files.create(file=file, **body).model_dump(mode="json")}


def files(client, body):
    """Every page of the list of files."""
    return {"files": [file.model_dump(mode="json") for file in client.files.list(**body)]}


def file(client, body):
    """What is known of a file."""
    return {"file": client.files.retrieve(body["id"]).model_dump(mode="json")}


def content(client, body):
    """A file's contents, as base64."""
    return {"data": base64.b64encode(client.files.content(body["id"]).read()).decode()}


def remove(client, body):
    """Deletes a file."""
    return {"deleted": client.files.delete(body["id"]).model_dump(mode="json")}


def failed(error):
    """An error, with what the library knows of it. One that is none of the library's own is told too."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("openai")]
    names = ("status_code", "code", "param", "type", "message", "request_id")
    fields = {name: getattr(error, name, None) for name in names}
    fields["message"] = fields["message"] or str(error)
    headers = getattr(getattr(error, "response", None), "headers", {})
    told = {name: value for name, value in headers.items() if name.startswith(("x-ratelimit-", "retry-after"))}
    return {"error": {"class": type(error).__name__, "classes": kinds, "headers": told, **fields}}


DONE = (create, stream, helper, parse, beta_helper, beta_parse, abandon, models, model, upload, files, file, content, remove)
ACTIONS = {action.__name__: action for action in DONE}


def serve(actions, client):
    """Answers until standard input ends. `client` makes a client of some options."""
    for line in sys.stdin:
        order = json.loads(line)
        try:
            with client(**order["options"]) as made:
                answer = actions[order["do"]](made, order.get("body"))
        except Exception as error:
            answer = failed(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(ACTIONS, openai.OpenAI)
