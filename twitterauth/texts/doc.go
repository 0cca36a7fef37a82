// Package texts has what a visitor of package twitterauth reads in other languages,
// and chooses among languages by the browser's Accept-Language header:
//
//	Texts: texts.Match(texts.German(), texts.French(), texts.Arabic()),
//
// A function for each language, named as golang.org/x/text/language names it, returns
// a copy, to be used as it is or changed:
//
//	german := texts.German()
//	german.SignInButton = "Mit X weiter"
//	german.Messages[twitterauth.CodeLoginRefused] = "Diese Beta ist noch geschlossen."
//
// For another language, translate [English] and set Lang. Each text must keep
// the placeholders of the English text, such as {site}. docs/words.md in the
// repository has a test for that, and what else a visitor reads.
package texts
