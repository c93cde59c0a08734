use std::sync::Arc;

use super::decoder::CompatibleDecoder;
use super::manifest::Manifest;
use crate::providers::ModelListing;
use crate::providers::fixture;

/// The manifest that a fixture's name begins with; else the one that reads everything.
fn manifest(fixture: &str) -> Manifest {
    let all: Vec<Manifest> = super::BUILT_IN.iter().map(|(_, text)| Manifest::parse(text).unwrap()).collect();
    let named = all.iter().find(|manifest| fixture.starts_with(&format!("{}_", manifest.id)));
    named.or(all.last()).unwrap().clone()
}

#[test]
fn every_fixture_at_every_cut() {
    for fixture in fixture::chats("openai_compatible") {
        let manifest = Arc::new(manifest(&fixture.name));
        fixture.check(&|head| Box::new(CompatibleDecoder::new(&manifest, head)));
    }
}

#[test]
fn model_lists_are_read() {
    for fixture in fixture::all("openai_compatible").iter().filter(|f| f.expected.kind.as_deref() == Some("models")) {
        let service = super::service::Service::new(manifest(&fixture.name));
        let models = service.read(&fixture.head(), &fixture.body).unwrap();
        let ids: Vec<_> = models.iter().map(|model| model.id.clone()).collect();
        assert_eq!(Some(ids), fixture.expected.models, "{}", fixture.name);
    }
}

#[test]
fn a_window_may_be_told_in_several_ways() {
    let service = super::service::Service::new(manifest("openai_compatible_"));
    let body = br#"{"data":[{"id":"a","context_length":5,"max_model_len":6,"context_window":null},{"id":"b","max_model_len":7}]}"#;
    let head = crate::upstream::ResponseHead { status: 200, ..Default::default() };
    let windows: Vec<_> = service.read(&head, body).unwrap().into_iter().map(|model| model.window).collect();
    assert_eq!(windows, [Some(5), Some(7)]);
}

#[test]
fn the_catalogue_is_sound() {
    let mut ids = std::collections::BTreeSet::new();
    for (file, text) in super::BUILT_IN {
        let manifest = Manifest::parse(text).unwrap_or_else(|what| panic!("{file}: {what}"));
        assert_eq!(file, format!("{}.toml", manifest.id));
        assert!(ids.insert(manifest.id.clone()), "{file}: the id is there twice");
        let default = manifest.models.default.as_ref();
        assert!(
            default.is_none_or(|default| manifest.models.known.contains(default)),
            "{file}: its default is unknown"
        );
    }
}

#[test]
fn a_bad_file_disables_only_itself() {
    let own = [("a.toml".to_owned(), "id = ".to_owned()), ("b.toml".to_owned(), "nonsense".to_owned())];
    let mut warnings = Vec::new();
    assert_eq!(super::load(&own, &mut warnings).len(), super::BUILT_IN.len());
    assert!(warnings[0].contains("a.toml") && warnings[1].contains("b.toml"), "{warnings:?}");
}

#[test]
fn an_absurd_count_can_still_be_added_to_another() {
    use crate::providers::Decoder;
    let head = crate::upstream::ResponseHead { status: 200, ..Default::default() };
    let mut decoder = CompatibleDecoder::new(&Arc::new(manifest("openai_compatible_")), &head);
    let mut out = Vec::new();
    let body = br#"{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1e300,"completion_tokens":18446744073709551615}}"#;
    decoder.push(body, &mut out).unwrap();
    decoder.finish(&mut out).unwrap();
    let usage = out.iter().flat_map(|one| &one.events).find_map(|event| match event {
        crate::chat::Event::Usage(usage) => Some(*usage),
        _ => None,
    });
    assert!(usage.is_some_and(|usage| usage.prompt.checked_add(usage.completion).is_some()), "{usage:?}");
}
