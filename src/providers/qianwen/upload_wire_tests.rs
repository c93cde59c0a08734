use std::time::Duration;

use bytes::Bytes;
use fake_upstream::{FIXTURES_DIR, FakeUpstream};

use super::*;
use crate::chat::{AccountTrouble, Attachment, ChatRequest, Content, Message, Part, Role, Source};
use crate::providers::qianwen::credential::{COOKIE, DEVICE};
use crate::providers::{Call, Provider};
use crate::upstream::{Client, Settings, install_crypto};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n picture";

/// Brings a picture to the stand-in, and shows it there.
async fn brought(client: &Client, web: &Web, account: &Account) -> Result<String, Fault> {
    const PATIENCE: Duration = Duration::from_secs(10);
    let bytes = Bytes::from_static(PICTURE);
    let mut upload = web.begin(account, Picture { bytes, media_type: "image/png".into(), name: "1.png".into() });
    let mut heard: Option<(ResponseHead, Bytes)> = None;
    let kept = loop {
        let step = upload.next(heard.as_ref().map(|(head, body)| (head, &body[..])))?;
        heard = match step {
            UploadStep::Send(outgoing) | UploadStep::Try(outgoing) => {
                Some(client.fetch(outgoing, 1 << 20, PATIENCE).await?)
            }
            UploadStep::Done(kept) => break kept,
        };
    };
    let (head, body) = heard.unwrap();
    assert_eq!((head.status, &body[..9]), (200, &br#"{"code":0"#[..]), "it is entered into the account's files");
    let picture = Part::Picture(Attachment { source: Source::Uploaded(kept), name: None });
    let message = Message { content: Content::Parts(vec![picture]), ..Message::new(Role::User, "") };
    let request = ChatRequest { messages: vec![message], ..ChatRequest::default() };
    let Call::Http(outgoing) = web.encode(&request, "Qwen", account)?.call else { panic!("the site is asked") };
    let (_, answer) = client.fetch(outgoing, 1 << 20, PATIENCE).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn a_picture_reaches_the_stand_in_and_can_be_talked_about() {
    install_crypto();
    actix_rt::System::new().block_on(async {
        let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
        let client = Client::new(&Settings::new(None).unwrap());
        let web = Web { hosts: Hosts::new(Some(&fake.base_url())), keep_sessions: false };
        let account = |ticket: &str| {
            let parts = [(COOKIE, format!("tongyi_sso_ticket={ticket}")), (DEVICE, "device".to_owned())];
            Account::new("qianwen-1", Some(1), parts.map(|(k, v)| (k.to_owned(), v)).into())
        };
        let answer = brought(&client, &web, &account("echo")).await.unwrap();
        assert!(answer.contains("请看图片。") && !answer.contains("40401"), "{answer}");
        assert_eq!(fake.journal().uploads, [("echo".to_owned(), 1)].into());
        let kinds = [
            ("ok~upload-deny", FaultKind::Upstream),
            ("ok~upload-expired", FaultKind::Account(AccountTrouble::Expired)),
            ("ok~upload-waf", FaultKind::Account(AccountTrouble::NeedsOwner)),
            ("ok~upload-oss403", FaultKind::Upstream),
        ];
        for (ticket, kind) in kinds {
            let fault = brought(&client, &web, &account(ticket)).await.unwrap_err();
            assert_eq!(fault.kind, kind, "{ticket}");
            assert!(!fault.message.contains("fake-key"), "{fault}");
        }
    });
}
