use proptest::prelude::*;

use super::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

fn png_of(width: u32, height: u32, more: &[Vec<u8>]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [PNG.to_vec(), chunk(b"IHDR", &head), more.concat(), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()
}

fn segment(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, kind][..], &length, data].concat()
}

fn jpeg_of(width: u16, height: u16, more: &[Vec<u8>]) -> Vec<u8> {
    let frame = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[3]].concat();
    let (table, scan) = (segment(0xdb, &[0; 65]), segment(0xda, &[1, 0]));
    [b"\xff\xd8".to_vec(), more.concat(), table, segment(0xc0, &frame), scan, b"data\xff\xd9".to_vec()].concat()
}

fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut inner = b"WEBP".to_vec();
    for (kind, data) in chunks {
        inner.extend_from_slice(&kind[..]);
        inner.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        inner.extend_from_slice(data);
        inner.resize(inner.len() + data.len() % 2, 0);
    }
    [b"RIFF".to_vec(), u32::try_from(inner.len()).unwrap().to_le_bytes().to_vec(), inner].concat()
}

fn lossless(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | ((height - 1) << 14);
    [&[0x2f][..], &bits.to_le_bytes(), b"pixels"].concat()
}

fn sides(file: &[u8]) -> Result<(&'static str, u32, u32), NoPicture> {
    Picture::parse(file).map(|picture| (picture.mime, picture.width, picture.height))
}

#[test]
fn three_kinds_are_known_by_their_bytes() {
    assert_eq!(sides(&png_of(64, 48, &[])), Ok(("image/png", 64, 48)));
    assert_eq!(sides(&jpeg_of(64, 48, &[])), Ok(("image/jpeg", 64, 48)));
    assert_eq!(sides(&riff(&[(b"VP8L", lossless(64, 48))])), Ok(("image/webp", 64, 48)));
    let lossy = [&[0; 3][..], b"\x9d\x01\x2a", &64_u16.to_le_bytes(), &48_u16.to_le_bytes()].concat();
    assert_eq!(sides(&riff(&[(b"VP8 ", lossy)])), Ok(("image/webp", 64, 48)));
}

#[test]
fn sides_and_sizes_have_an_end() {
    for (width, height) in [(0, 1), (1, 0), (2_049, 1), (1, u32::MAX)] {
        assert_eq!(sides(&png_of(width, height, &[])), Err(NoPicture::Sides), "{width} x {height}");
    }
    assert_eq!(sides(&png_of(2_048, 2_048, &[])), Ok(("image/png", 2_048, 2_048)));
    assert_eq!(sides(&jpeg_of(2_049, 5, &[])), Err(NoPicture::Sides));
    assert_eq!(sides(&riff(&[(b"VP8L", lossless(5, 2_049))])), Err(NoPicture::Sides));
    assert_eq!(sides(&png_of(1, 1, &[chunk(b"iCCP", &[0; MOST_BYTES])])), Err(NoPicture::TooBig));
    assert_eq!(sides(b""), Err(NoPicture::Missing));
}

#[test]
fn what_only_begins_like_a_picture_is_none() {
    let html = b"<script>alert(1)</script>";
    let others: [&[u8]; 6] =
        [html, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"];
    for file in others {
        assert_eq!(sides(file), Err(NoPicture::Kind));
    }
    for file in [png_of(8, 8, &[]), jpeg_of(8, 8, &[]), riff(&[(b"VP8L", lossless(8, 8))])] {
        assert_eq!(sides(&[&file[..], html].concat()), Err(NoPicture::Kind), "something is behind its end");
        assert_eq!(sides(&file[..file.len() - 1]), Err(NoPicture::Kind), "its end is missing");
    }
    let other_order = [PNG.to_vec(), chunk(b"IDAT", b""), chunk(b"IEND", b"")].concat();
    assert_eq!(sides(&other_order), Err(NoPicture::Kind));
    assert_eq!(sides(&riff(&[(b"EXIF", vec![1])])), Err(NoPicture::Kind), "nothing is drawn");
}

#[test]
fn what_says_more_than_the_image_is_left_out() {
    let secret = b"52.52 N 13.40 E <script>".to_vec();
    let png = png_of(8, 8, &[chunk(b"tEXt", &secret), chunk(b"eXIf", &secret), chunk(b"aaAA", &secret)]);
    let exif = [
        &b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0a\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"[..],
        &secret,
    ]
    .concat();
    let jpeg = jpeg_of(8, 8, &[segment(0xe1, &exif), segment(0xe2, &secret), segment(0xfe, &secret)]);
    let extended = [&[0x0c, 0, 0, 0][..], &[7, 0, 0, 7, 0, 0]].concat();
    let webp =
        riff(&[(b"VP8X", extended), (b"VP8L", lossless(8, 8)), (b"EXIF", secret.clone()), (b"XMP ", secret.clone())]);
    for file in [png, jpeg, webp] {
        let kept = Picture::parse(&file).unwrap();
        assert!(!kept.bytes.windows(secret.len()).any(|part| part == secret));
        assert_eq!(Picture::parse(&kept.bytes), Ok(kept.clone()), "and it is a picture as before");
        if kept.mime == "image/jpeg" {
            assert_eq!(orientation(&kept.bytes[2..]), Some(6), "and as upright");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..100, with in any::<u8>()) {
        drop(Picture::parse(&bytes));
        for mut file in [png_of(8, 8, &[]), jpeg_of(8, 8, &[]), riff(&[(b"VP8L", lossless(8, 8))])] {
            let place = at % file.len();
            file[place] = with;
            if let Ok(kept) = Picture::parse(&file) {
                prop_assert_eq!(Picture::parse(&kept.bytes), Ok(kept.clone()));
            }
        }
    }
}
