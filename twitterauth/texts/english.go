package texts

import "twitterlogin.example/twitterauth"

// English returns the texts in English, which are the default of each text.
func English() *twitterauth.Texts { return twitterauth.EnglishTexts() }
