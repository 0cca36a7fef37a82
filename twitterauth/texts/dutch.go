package texts

import "twitterlogin.example/twitterauth"

// Dutch returns the texts in Dutch, with the familiar address that X and most sites use.
func Dutch() *twitterauth.Texts { return copyOf(&dutch) }

var dutch = twitterauth.Texts{
	Lang: "nl",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "Het verzoek is onvolledig of onjuist opgebouwd.",
		twitterauth.CodeLoginRequired:        "Log eerst in.",
		twitterauth.CodeLoginTooOld:          "Bevestig dat jij het bent.",
		twitterauth.CodeTokenInvalid:         "X accepteert dit token niet voor deze app.",
		twitterauth.CodeAccessDenied:         "Je hebt het inloggen met X geannuleerd. Er is niets gewijzigd.",
		twitterauth.CodeLoginMismatch:        "Deze inlogpoging is in een andere browser of app begonnen, of deze browser blokkeert cookies. Ga terug naar waar je begon, of begin hier opnieuw.",
		twitterauth.CodeLoginExpired:         "Deze inlogpoging duurde te lang of is al gebruikt. Begin opnieuw.",
		twitterauth.CodeLoginRefused:         "Met dit account kun je hier niet inloggen.",
		twitterauth.CodeProfileIncomplete:    "In je X-profiel ontbreekt iets wat deze site nodig heeft, zoals een bevestigd e-mailadres.",
		twitterauth.CodeAccountUnavailable:   "X meldt dat dit account is opgeschort of vergrendeld. Neem hierover contact op met X.",
		twitterauth.CodeCrossOrigin:          "Dit verzoek kwam van een andere site of is niet door een persoon gedaan.",
		twitterauth.CodeNotFound:             "Hier is niets.",
		twitterauth.CodeMethodNotAllowed:     "Dit adres accepteert dit soort verzoeken niet.",
		twitterauth.CodeRequestTimeout:       "Het verzoek deed er te lang over om aan te komen.",
		twitterauth.CodeAlreadyLinked:        "Dit X-account hoort bij een andere gebruiker van deze site.",
		twitterauth.CodeBodyTooLarge:         "Het verzoek is groter dan 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Stuur application/json of application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Er is bij ons iets misgegaan. Probeer het later opnieuw.",
		twitterauth.CodeAppMisconfigured:     "Inloggen met X is op deze site niet goed ingesteld. De beheerder weet waarom.",
		twitterauth.CodeProviderUnavailable:  "X is op dit moment niet bereikbaar. Probeer het opnieuw.",
		twitterauth.CodeRateLimited:          "X laat hier even niemand inloggen. Probeer het later opnieuw.",
		twitterauth.CodeOverloaded:           "Er loggen nu te veel mensen in. Probeer het zo dadelijk opnieuw.",
		twitterauth.CodeStoreUnavailable:     "We kunnen je gegevens nu niet opzoeken. Probeer het zo dadelijk opnieuw.",
		twitterauth.CodeProviderTimeout:      "X antwoordde niet op tijd. Probeer het opnieuw.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Log in",
		twitterauth.CodeLoginTooOld:      "Bevestig dat jij het bent",
		twitterauth.CodeAccessDenied:     "Inloggen geannuleerd",
		twitterauth.CodeLoginMismatch:    "Inloggen niet voltooid",
		twitterauth.CodeLoginExpired:     "Inlogpoging verlopen",
		twitterauth.CodeLoginRefused:     "Je kunt niet inloggen",
		twitterauth.CodeAlreadyLinked:    "Al gekoppeld",
		twitterauth.CodeNotFound:         "Niet gevonden",
		twitterauth.CodeAppMisconfigured: "Inloggen niet beschikbaar",
	},
	OtherTitle: "Dat is niet gelukt",

	SignInTitle:   "Inloggen",
	SignInMessage: "Je staat op het punt met je X-account in te loggen bij {site}.",
	SignInButton:  "Inloggen met X",
	LinkButton:    "Je X-account koppelen",
	StayLoggedIn:  "Ingelogd blijven",
	LoginPageLink: "Inloggen",
	HomeLink:      "Terug naar de site",

	LogOutTitle:   "Uitloggen",
	LogOutMessage: "Je staat op het punt uit te loggen bij {site}.",
	LogOutButton:  "Uitloggen",

	AppTitle:         "Inloggen bij de app",
	AppMessage:       "Een app op dit apparaat wil je met je X-account laten inloggen bij {site}. Ga alleen verder als je dit zojuist in de app bent begonnen.",
	BackToAppTitle:   "Terug naar de app",
	BackToAppMessage: "Gebruik de knop als de app niet vanzelf opent.",
	BackToAppLink:    "Terug naar de app",

	AppAddressUsed:      "Dit adres is al gebruikt of niet geldig. Begin opnieuw in de app.",
	AppLoginUsed:        "Deze inlogpoging is al gebruikt. Ga terug naar de app en begin daar opnieuw als het niet is gelukt.",
	WrongCallback:       "Naar dit adres stuurt X niemand terug. Begin opnieuw.",
	OtherHost:           "Open deze site op {origin}, want daar komen de inlogpogingen terug.",
	LinkElsewhere:       "Je bent in een andere browser of app begonnen je X-account te koppelen. Ga daarheen terug en koppel het opnieuw.",
	LinkOrLoginMismatch: "Dit is in een andere browser of app begonnen, of deze browser blokkeert cookies. Was je X aan je account aan het koppelen, ga daarheen dan terug; was je aan het inloggen, dan kun je hier opnieuw beginnen.",
	LinkSignedOut:       "Je bent uitgelogd of je sessie is geëindigd voordat je X-account was gekoppeld. Log weer in zoals eerst en koppel het nog een keer.",
	LinkOtherUser:       "Sinds je begon je X-account te koppelen, heeft hier een andere gebruiker ingelogd. Er is niets gekoppeld.",
	ConfirmSignedOut:    "Je bent uitgelogd of je sessie is geëindigd voordat je had bevestigd wie je bent. Log opnieuw in.",
	ConfirmOtherUser:    "Sinds je begon, heeft hier een andere gebruiker ingelogd. Er is niets gewijzigd.",
	ConfirmOtherAccount: "Je bent op deze site ingelogd met een ander X-account dan het account dat je zojuist gebruikte. Er is niets gewijzigd; bevestig met het eerste.",
}
