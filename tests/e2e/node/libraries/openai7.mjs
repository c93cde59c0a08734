// The newest major version of openai.
import * as openai7 from "openai7";
import { zodResponseFormat } from "openai7/helpers/zod";
import { library } from "./openai.mjs";

export const { actions, failed } = library(openai7, zodResponseFormat);
