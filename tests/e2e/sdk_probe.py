"""Does with openai's Python library what standard input asks for: one line of JSON in, one out."""

import base64
import json
import sys

import openai


def create(client, body):
    """A whole answer."""
    completion = client.chat.completions.create(**body)
    return {"result": completion.model_dump(mode="json"), "request_id": completion._request_id}


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
    with client.chat.completions.stream(**body) as events:
        kinds.extend(event.type for event in events)
        return {"result": events.get_final_completion().model_dump(mode="json"), "events": sorted(set(kinds))}


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
    """An error of the library."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("openai")]
    names = ("status_code", "code", "param", "type", "message", "request_id")
    fields = {name: getattr(error, name, None) for name in names}
    return {"error": {"class": kinds[0], "classes": kinds, **fields}}


DONE = (create, stream, helper, abandon, models, model, upload, files, file, content, remove)
ACTIONS = {action.__name__: action for action in DONE}


def main():
    """Answers until standard input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        try:
            with openai.OpenAI(**order["options"]) as client:
                answer = ACTIONS[order["do"]](client, order.get("body"))
        except openai.OpenAIError as error:
            answer = failed(error)
        print(json.dumps(answer), flush=True)


main()
