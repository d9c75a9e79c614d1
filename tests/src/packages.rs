//! Packages for tests: an e-book and an office document, whole but small.

use tongwen_formats::package::{Limits, Package, PackageError, PackageFormat};
use tongwen_formats::{Document, Options};

/// The package document of the book, at `OEBPS/book.opf`.
pub const BOOK: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\" xml:lang=\"zh-CN\">
  <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">
    <dc:identifier id=\"id\">urn:uuid:00000000-0000-4000-8000-000000000000</dc:identifier>
    <dc:title>国军的马</dc:title>
    <dc:creator id=\"who\">马国</dc:creator>
    <dc:language>zh-CN</dc:language>
    <meta property=\"dcterms:modified\">2024-01-01T00:00:00Z</meta>
  </metadata>
  <manifest>
    <item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>
    <item id=\"one\" href=\"text/%E4%B8%80%201.xhtml\" media-type=\"application/xhtml+xml\"/>
    <item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>
    <item id=\"css\" href=\"国.css\" media-type=\"text/css\"/>
    <item id=\"png\" href=\"国.png\" media-type=\"image/png\"/>
    <item id=\"svg\" href=\"cover.svg\" media-type=\"image/svg+xml\"/>
    <item id=\"font\" href=\"font.otf\" media-type=\"font/otf\"/>
  </manifest>
  <spine toc=\"ncx\"><itemref idref=\"one\"/></spine>
</package>
";

const CONTAINER: &str = "<?xml version=\"1.0\"?>
<container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">
  <rootfiles><rootfile full-path=\"OEBPS/book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles>
</container>
";

const NAVIGATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<!DOCTYPE html>
<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\">
<head><title>目录</title></head>
<body><nav epub:type=\"toc\"><ol><li><a href=\"text/%E4%B8%80%201.xhtml#国\">国军</a></li></ol></nav></body>
</html>
";

const CHAPTER: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<!DOCTYPE html>
<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"zh-CN\" xml:lang=\"zh-CN\">
<head><title>国军</title><link rel=\"stylesheet\" href=\"../国.css\"/><style>/* 国 */</style></head>
<body><h1 id=\"国\">国军</h1>
<p>国&amp;军<img src=\"../国.png\" alt=\"马\"/>的马，-{国}-和<code>国</code>。</p></body>
</html>
";

const CONTENTS: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\">
<head><meta name=\"dtb:uid\" content=\"urn:uuid:00000000-0000-4000-8000-000000000000\"/></head>
<docTitle><text>国军的马</text></docTitle>
<navMap><navPoint id=\"一\" playOrder=\"1\"><navLabel><text>国军</text></navLabel>
<content src=\"text/%E4%B8%80%201.xhtml#国\"/></navPoint></navMap>
</ncx>
";

const ENCRYPTION: &str = "<?xml version=\"1.0\"?>
<encryption xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\" xmlns:enc=\"http://www.w3.org/2001/04/xmlenc#\">
<enc:EncryptedData><enc:EncryptionMethod Algorithm=\"http://www.idpf.org/2008/embedding\"/>
<enc:CipherData><enc:CipherReference URI=\"OEBPS/font.otf\"/></enc:CipherData></enc:EncryptedData>
</encryption>
";

const COVER: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><title>国</title><text id=\"国\">马</text></svg>\n";

/// The names of the texts, in the order of the archive.
pub const BOOK_TEXTS: [&str; 5] =
    ["OEBPS/book.opf", "OEBPS/text/一 1.xhtml", "OEBPS/toc.ncx", "OEBPS/nav.xhtml", "OEBPS/cover.svg"];

/// Entries by name, in the order of an archive.
pub type Entries = Vec<(&'static str, Vec<u8>)>;

/// The entries of the book.
pub fn book() -> Entries {
    let picture: Vec<u8> = (0..2000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let entries: [(&str, &[u8]); 14] = [
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("META-INF/encryption.xml", ENCRYPTION.as_bytes()),
        ("OEBPS/book.opf", BOOK.as_bytes()),
        ("OEBPS/国.png", &picture),
        ("OEBPS/text/一 1.xhtml", CHAPTER.as_bytes()),
        ("OEBPS/国.css", "/* 国 */".as_bytes()),
        ("OEBPS/toc.ncx", CONTENTS.as_bytes()),
        ("OEBPS/nav.xhtml", NAVIGATION.as_bytes()),
        ("OEBPS/cover.svg", COVER.as_bytes()),
        ("OEBPS/font.otf", &picture[..100]),
        ("OEBPS/unlisted.xhtml", CHAPTER.as_bytes()),
        ("../outside.txt", "国".as_bytes()),
        ("/absolute/", b""),
    ];
    entries.into_iter().map(|(name, bytes)| (name, bytes.to_vec())).collect()
}

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
<Override PartName=\"/word/HEADER1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>\
<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
<Override PartName=\"/word/footnotes.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml\"/>\
<Override PartName=\"/word/endnotes.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml\"/>\
<Override PartName=\"/word/comments.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml\"/>\
<Override PartName=\"/word/charts/chart1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.drawingml.chart+xml\"/>\
<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
<Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/></Types>";

const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
</Relationships>";

const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>
<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>\
<w:p><w:pPr><w:pStyle w:val=\"国\"/></w:pPr><w:r><w:t>国军</w:t></w:r></w:p>\
<w:p><w:r><w:t>他的国</w:t></w:r><w:bookmarkStart w:id=\"0\" w:name=\"国\"/><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">军 </w:t></w:r>\
<w:bookmarkEnd w:id=\"0\"/><w:r><w:t>-{国}-马&amp;</w:t></w:r></w:p><w:sectPr/></w:body></w:document>";

const PROPERTIES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>
<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>国军的马</dc:title><dc:creator>马国</dc:creator></cp:coreProperties>";

/// The names of the texts, in the order of the archive.
pub const PAPER_TEXTS: [&str; 8] = [
    "word/document.xml",
    "docProps/core.xml",
    "word/header1.xml",
    "word/footer1.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "word/comments.xml",
    "word/charts/chart1.xml",
];

/// The entries of the office document.
pub fn paper() -> Entries {
    let story = |name: &str| {
        let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        format!("<w:{name} xmlns:w=\"{space}\"><w:p><w:r><w:t>国</w:t></w:r></w:p></w:{name}>").into_bytes()
    };
    let drawing = "<c:chart xmlns:c=\"c\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:p><a:r><a:t>国</a:t></a:r></a:p></c:chart>";
    vec![
        ("[Content_Types].xml", TYPES.into()),
        ("_rels/.rels", RELATIONS.into()),
        ("word/document.xml", DOCUMENT.into()),
        ("docProps/core.xml", PROPERTIES.into()),
        ("docProps/app.xml", "<Properties><Company>国</Company></Properties>".into()),
        ("word/styles.xml", story("styles")),
        ("word/header1.xml", story("hdr")),
        ("word/footer1.xml", story("ftr")),
        ("word/footnotes.xml", story("footnotes")),
        ("word/endnotes.xml", story("endnotes")),
        ("word/comments.xml", story("comments")),
        ("word/charts/chart1.xml", drawing.into()),
        ("word/media/国.png", (0..=255).collect()),
        ("../outside.txt", "国".into()),
    ]
}

/// The names of the texts of a format's sample.
pub fn texts(format: PackageFormat) -> &'static [&'static str] {
    if format == PackageFormat::Epub { &BOOK_TEXTS } else { &PAPER_TEXTS }
}

/// The sample of a format.
pub fn sample(format: PackageFormat) -> Entries {
    match format {
        PackageFormat::Epub => book(),
        PackageFormat::Docx => paper(),
        other => panic!("no sample of {other:?}"),
    }
}

/// Puts other bytes in place of an entry's.
pub fn replace(entries: &mut [(&'static str, Vec<u8>)], name: &str, bytes: impl Into<Vec<u8>>) {
    entries.iter_mut().find(|entry| entry.0 == name).unwrap().1 = bytes.into();
}

/// The package with every string that it asks for changed.
pub fn converted(
    format: PackageFormat,
    bytes: &[u8],
    options: &Options,
    change: impl Fn(&Document<'_>) -> Vec<String>,
) -> Result<Vec<u8>, PackageError> {
    let package = Package::read(format, bytes, Limits::default())?;
    let texts: Vec<String> = package
        .parts()
        .iter()
        .map(|part| {
            let document = part.scan(options);
            document.assemble(&change(&document))
        })
        .collect();
    package.write(&texts).map(|bytes| bytes.into_owned())
}
