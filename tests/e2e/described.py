"""Checks a description and what it describes; runs where schemathesis is installed.

Standard input is the description, then lines of `{"schema": NAME, "value": …}`. Prints what is wrong, one line each.
"""

import json
import sys

import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator


def main():
    """The description first, then each value."""
    described = json.loads(sys.stdin.readline())
    for error in OpenAPIV31SpecValidator(described).iter_errors():
        print(f"the description: {error}")
    validators = {}
    for line in sys.stdin:
        given = json.loads(line)
        name = given["schema"]
        if name not in validators:
            schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
            validators[name] = jsonschema_rs.Draft202012Validator(schema)
        for error in validators[name].iter_errors(given["value"]):
            print(f"{name}: {error.message} at {error.instance_path}: {json.dumps(given['value'])[:300]}")


main()
