//! Where in a dump an element stands.
//!
//! The same name means different things in different places: the `<id>` of a page, of a revision, of a contributor. Only the
//! elements listed here mean anything; all others, and all that is in them, are passed on unread.
//!
//! ```text
//! mediawiki
//!   siteinfo / namespaces / namespace
//!   page                                (also alone, without `mediawiki`: one stream of a multistream dump)
//!     title, ns, id
//!     revision                          (many in a dump of histories)
//!       id, model, format, text
//!       content                         (slots beside the main one, schema 0.11)
//!         model, format, text
//! ```

/// An element, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Dump,
    SiteInfo,
    Namespaces,
    Namespace,
    Page,
    Title,
    PageNamespace,
    PageId,
    Revision,
    RevisionId,
    Content,
    Model,
    Format,
    Text,
    Other,
}

impl Element {
    /// The element of this name in another one, or in none.
    pub(super) fn new(parent: Option<Element>, name: &str) -> Element {
        match (parent, name) {
            (None, "mediawiki") => Element::Dump,
            (None | Some(Element::Dump), "page") => Element::Page,
            (Some(Element::Dump), "siteinfo") => Element::SiteInfo,
            (Some(Element::SiteInfo), "namespaces") => Element::Namespaces,
            (Some(Element::Namespaces), "namespace") => Element::Namespace,
            (Some(Element::Page), "title") => Element::Title,
            (Some(Element::Page), "ns") => Element::PageNamespace,
            (Some(Element::Page), "id") => Element::PageId,
            (Some(Element::Page), "revision") => Element::Revision,
            (Some(Element::Revision), "id") => Element::RevisionId,
            (Some(Element::Revision), "content") => Element::Content,
            (Some(Element::Revision | Element::Content), "model") => Element::Model,
            (Some(Element::Revision | Element::Content), "format") => Element::Format,
            (Some(Element::Revision | Element::Content), "text") => Element::Text,
            _ => Element::Other,
        }
    }

    /// Whether what is wanted of it is its text.
    pub(super) fn is_leaf(self) -> bool {
        matches!(
            self,
            Element::Namespace
                | Element::Title
                | Element::PageNamespace
                | Element::PageId
                | Element::RevisionId
                | Element::Model
                | Element::Format
                | Element::Text
        )
    }

    /// The tag, for messages.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Element::Dump => "`<mediawiki>`",
            Element::SiteInfo => "`<siteinfo>`",
            Element::Namespaces => "`<namespaces>`",
            Element::Namespace => "`<namespace>`",
            Element::Page => "`<page>`",
            Element::Title => "`<title>`",
            Element::PageNamespace => "`<ns>`",
            Element::PageId | Element::RevisionId => "`<id>`",
            Element::Revision => "`<revision>`",
            Element::Content => "`<content>`",
            Element::Model => "`<model>`",
            Element::Format => "`<format>`",
            Element::Text => "`<text>`",
            Element::Other => "an element",
        }
    }
}
