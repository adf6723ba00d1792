"""The words that say nothing of an item."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from interestlake.text import words
from interestlake.text.words import content_of, phrase_of, words_of


def test_the_shipped_list_is_scikit_learns():
    assert words.ENGLISH_STOP_WORDS == ENGLISH_STOP_WORDS


def test_short_ways_read_as_words_do():
    text = "The Films of Ann's sisters' darkest STARS, and the 1990s: movies"
    read = words_of(text)
    assert content_of(text) == [word.lemma for word in read if not word.is_stop] != []
    assert phrase_of(text) == tuple(word.singular for word in read)
