//! Answers without any account, so that a first start shows a working API. It is on only while nothing else is, and
//! every answer says what to configure.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::accounts::Account;
use crate::chat::{ChatRequest, Decoded, Event, Fault, FinishReason};
use crate::providers::{Call, Configured, Decoder, Encoded, Ending, Kind, ModelInfo, Provider, Setup};
use crate::upstream::ResponseHead;

const ID: &str = "demo";

const ANSWER: &str = "qianqiao 千桥 works: this answer went through the whole gateway. \
It comes from the built-in demo, because no account is configured yet.\n\n\
Open this address in a browser, sign in with the key you used, and paste an account. \
Or put one of these into `.env` (or the secrets of your Space) and start again:\n\
- `CN_ACCOUNT_1_COOKIE=…` the Cookie header of a signed-in https://www.qianwen.com page\n\
- `DASHSCOPE_API_KEY=…`, `DEEPSEEK_API_KEY=…`, `MOONSHOT_API_KEY=…` or another official API's key\n\
- `OLLAMA_BASE_URL=http://localhost:11434/v1` for models on your own machine\n\n\
千桥已经可以使用：这条回答走完了整条链路。现在还没有配置账号，请用浏览器打开本站地址，用同一把密钥登录，粘贴一个账号；也可以按上面的说明填写 `.env` 后重新启动。";

/// The kind: one provider, while there is no other.
pub struct Demo;

impl Kind for Demo {
    fn configured(&self, _: &Setup<'_>, _: &mut Vec<String>) -> Vec<Configured> {
        vec![Configured {
            provider: Box::new(Canned),
            accounts: vec![Account::new(ID.to_owned(), None, BTreeMap::new())],
        }]
    }
}

struct Canned;

impl Provider for Canned {
    fn id(&self) -> &str {
        ID
    }

    fn stands_in(&self) -> bool {
        true
    }

    fn models(&self) -> Vec<ModelInfo> {
        vec![ModelInfo { default: true, ..ModelInfo::new(ID, "Demo") }]
    }

    fn encode(&self, _: &ChatRequest, _: &str, _: &Account) -> Result<Encoded, Fault> {
        Ok(Encoded { call: Call::Here(Bytes::from_static(ANSWER.as_bytes())), session: None })
    }

    fn decoder(&self, _: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        Ok(Box::new(Words { done: false }))
    }
}

/// Hands the text over line by line, so that a stream looks like one.
struct Words {
    done: bool,
}

impl Decoder for Words {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let text = String::from_utf8_lossy(bytes);
        out.extend(text.split_inclusive(['\n', '.']).map(|part| Decoded::event(Event::Text(part.to_owned()))));
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if !std::mem::replace(&mut self.done, true) {
            out.push(Decoded::event(Event::Done(FinishReason::Stop)));
        }
        Ok(())
    }

    fn ending(&self) -> Ending {
        if self.done { Ending::Closed } else { Ending::Open }
    }
}
