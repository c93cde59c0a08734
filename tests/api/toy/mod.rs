//! A provider of the tests' own: it says what the question tells it to say, so that every joint is tried without any
//! upstream. The first question is a list of events, one a line: `r:thinking`, `t:text` (`\n` breaks the line),
//! `c:address` (a source), `u:3,4`, `end`, `fault`. A line `--` begins what it says after the first answer in the conversation, and so on. `echo` says
//! what it was asked, with `⟦` for `[` so that nothing of it is taken for a call.

use std::collections::BTreeMap;

use bytes::Bytes;
use qianqiao::accounts::Account;
use qianqiao::chat::{ChatRequest, Citation, Decoded, Event, Fault, FaultKind, FinishReason, Role, Usage};
use qianqiao::providers::{Call, Configured, Decoder, Encoded, Ending, Kind, ModelInfo, Provider, Setup};
use qianqiao::upstream::ResponseHead;

pub struct Toy;

impl Kind for Toy {
    fn configured(&self, _: &Setup<'_>, _: &mut Vec<String>) -> Vec<Configured> {
        vec![Configured { provider: Box::new(Toy), accounts: vec![Account::new("toy-1", None, BTreeMap::new())] }]
    }
}

impl Provider for Toy {
    fn id(&self) -> &str {
        "toy"
    }

    fn models(&self) -> Vec<ModelInfo> {
        vec![ModelInfo::new("script", "Script")]
    }

    fn encode(&self, request: &ChatRequest, _: &str, _: &Account) -> Result<Encoded, Fault> {
        let first = request.messages.iter().find(|message| message.role == Role::User).unwrap();
        let answers = request.messages.iter().filter(|message| message.role == Role::Assistant).count();
        let script = first.content.text();
        let mut script = script.split("\n--\n").nth(answers).unwrap_or_default().to_owned();
        if script.lines().any(|line| line == "echo") {
            let turns =
                request.messages.iter().map(|message| format!("{:?}: {}", message.role, message.content.text()));
            let text = turns.collect::<Vec<_>>().join("\n").replace('\n', "\\n").replace('[', "⟦");
            script = format!("t:{text}\nend");
        }
        Ok(Encoded { call: Call::Here(Bytes::from(script)), session: None })
    }

    fn decoder(&self, _: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        Ok(Box::new(Script(Ending::Open)))
    }
}

struct Script(Ending);

impl Decoder for Script {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) -> Result<(), Fault> {
        for line in std::str::from_utf8(bytes).unwrap().lines() {
            let event = match line.split_at_checked(2) {
                Some(("t:", text)) => Event::Text(text.replace("\\n", "\n")),
                Some(("r:", text)) => Event::Reasoning(text.to_owned()),
                Some(("c:", url)) => Event::Citation(Citation { url: url.to_owned(), title: String::new() }),
                Some(("u:", counts)) => {
                    let (prompt, completion) = counts.split_once(',').unwrap();
                    let usage = Usage {
                        prompt: prompt.parse().unwrap(),
                        completion: completion.parse().unwrap(),
                        ..Usage::default()
                    };
                    Event::Usage(usage)
                }
                _ if line == "end" => {
                    self.0 = Ending::Closed;
                    Event::Done(FinishReason::Stop)
                }
                _ if line == "fault" => return Err(Fault::new(FaultKind::Upstream, "the toy broke")),
                _ => continue,
            };
            out.push(Decoded::event(event));
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<Decoded>) -> Result<(), Fault> {
        if self.0 == Ending::Open { Err(Fault::new(FaultKind::Upstream, "the toy has no end")) } else { Ok(()) }
    }

    fn ending(&self) -> Ending {
        self.0
    }
}
