"""What goes into a file for IOS."""

from matric.platform.ios_text import lines, typed


def test_a_banner_is_sent_with_the_byte_ios_takes_and_shown_as_it_was() -> None:
    config = "hostname a\nbanner login ^C\none\ntwo\n^C\ninterface Gi1\n description ^C is no banner\nend\n"

    sent = typed(config)

    assert sent == "hostname a\nbanner login \x03\none\ntwo\n\x03\ninterface Gi1\n description ^C is no banner\nend\n"
    assert lines(sent) == lines(config)
