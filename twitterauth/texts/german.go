package texts

import "twitterlogin.example/twitterauth"

// German returns the texts in German, with the formal address.
func German() *twitterauth.Texts { return copyOf(&german) }

var german = twitterauth.Texts{
	Lang: "de",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "Die Anfrage ist unvollständig oder fehlerhaft.",
		twitterauth.CodeLoginRequired:        "Bitte melden Sie sich zuerst an.",
		twitterauth.CodeLoginTooOld:          "Bitte bestätigen Sie, dass Sie es sind.",
		twitterauth.CodeTokenInvalid:         "X akzeptiert dieses Token für diese App nicht.",
		twitterauth.CodeAccessDenied:         "Sie haben die Anmeldung mit X abgebrochen. Es wurde nichts geändert.",
		twitterauth.CodeLoginMismatch:        "Diese Anmeldung wurde in einem anderen Browser oder einer anderen App begonnen, oder dieser Browser blockiert Cookies. Gehen Sie dorthin zurück, wo Sie begonnen haben, oder beginnen Sie hier neu.",
		twitterauth.CodeLoginExpired:         "Diese Anmeldung hat zu lange gedauert oder wurde bereits verwendet. Bitte beginnen Sie neu.",
		twitterauth.CodeLoginRefused:         "Mit diesem Konto ist hier keine Anmeldung möglich.",
		twitterauth.CodeProfileIncomplete:    "Ihrem X-Profil fehlt etwas, das diese Website benötigt, zum Beispiel eine bestätigte E-Mail-Adresse.",
		twitterauth.CodeAccountUnavailable:   "X meldet, dass dieses Konto gesperrt ist. Bitte wenden Sie sich an X.",
		twitterauth.CodeCrossOrigin:          "Diese Anfrage kam von einer anderen Website oder nicht von einer Person.",
		twitterauth.CodeNotFound:             "Hier gibt es nichts.",
		twitterauth.CodeMethodNotAllowed:     "Diese Adresse nimmt Anfragen dieser Art nicht an.",
		twitterauth.CodeRequestTimeout:       "Die Anfrage ist zu langsam eingetroffen.",
		twitterauth.CodeAlreadyLinked:        "Dieses X-Konto gehört einer anderen Person auf dieser Website.",
		twitterauth.CodeBodyTooLarge:         "Die Anfrage ist größer als 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Senden Sie application/json oder application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Bei uns ist ein Fehler aufgetreten. Bitte versuchen Sie es später noch einmal.",
		twitterauth.CodeAppMisconfigured:     "Die Anmeldung mit X ist auf dieser Website nicht richtig eingerichtet. Die Betreiber kennen den Grund.",
		twitterauth.CodeProviderUnavailable:  "X ist gerade nicht erreichbar. Bitte versuchen Sie es noch einmal.",
		twitterauth.CodeRateLimited:          "X lässt hier gerade niemanden anmelden. Bitte versuchen Sie es später noch einmal.",
		twitterauth.CodeOverloaded:           "Gerade melden sich zu viele Personen an. Bitte versuchen Sie es gleich noch einmal.",
		twitterauth.CodeStoreUnavailable:     "Wir können Ihre Daten gerade nicht abrufen. Bitte versuchen Sie es gleich noch einmal.",
		twitterauth.CodeProviderTimeout:      "X hat nicht rechtzeitig geantwortet. Bitte versuchen Sie es noch einmal.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Bitte melden Sie sich an",
		twitterauth.CodeLoginTooOld:      "Bitte bestätigen Sie, dass Sie es sind",
		twitterauth.CodeAccessDenied:     "Anmeldung abgebrochen",
		twitterauth.CodeLoginMismatch:    "Anmeldung nicht abgeschlossen",
		twitterauth.CodeLoginExpired:     "Anmeldung abgelaufen",
		twitterauth.CodeLoginRefused:     "Anmeldung nicht möglich",
		twitterauth.CodeAlreadyLinked:    "Bereits verknüpft",
		twitterauth.CodeNotFound:         "Nicht gefunden",
		twitterauth.CodeAppMisconfigured: "Anmeldung nicht verfügbar",
	},
	OtherTitle: "Das hat nicht geklappt",

	SignInTitle:   "Anmelden",
	SignInMessage: "Sie sind dabei, sich mit Ihrem X-Konto bei {site} anzumelden.",
	SignInButton:  "Mit X anmelden",
	LinkButton:    "X-Konto verbinden",
	StayLoggedIn:  "Angemeldet bleiben",
	LoginPageLink: "Anmelden",
	HomeLink:      "Zurück zur Website",

	LogOutTitle:   "Abmelden",
	LogOutMessage: "Sie sind dabei, sich von {site} abzumelden.",
	LogOutButton:  "Abmelden",

	AppTitle:         "Bei der App anmelden",
	AppMessage:       "Eine App auf diesem Gerät möchte Sie mit Ihrem X-Konto bei {site} anmelden. Fahren Sie nur fort, wenn Sie das gerade in der App begonnen haben.",
	BackToAppTitle:   "Zurück zur App",
	BackToAppMessage: "Wenn sich die App nicht von selbst öffnet, verwenden Sie die Schaltfläche.",
	BackToAppLink:    "Zurück zur App",

	AppAddressUsed:      "Diese Adresse wurde bereits verwendet oder ist ungültig. Bitte beginnen Sie in der App neu.",
	AppLoginUsed:        "Diese Anmeldung wurde bereits verwendet. Gehen Sie zurück zur App, und beginnen Sie dort neu, falls es nicht geklappt hat.",
	WrongCallback:       "Zu dieser Adresse schickt X niemanden zurück. Bitte beginnen Sie neu.",
	OtherHost:           "Öffnen Sie diese Website unter {origin}, denn dorthin kehren die Anmeldungen zurück.",
	LinkElsewhere:       "Sie haben das Verbinden Ihres X-Kontos in einem anderen Browser oder einer anderen App begonnen. Gehen Sie dorthin zurück, und verbinden Sie es erneut.",
	LinkOrLoginMismatch: "Dies wurde in einem anderen Browser oder einer anderen App begonnen, oder dieser Browser blockiert Cookies. Wenn Sie X mit Ihrem Konto verbinden wollten, gehen Sie dorthin zurück; wenn Sie sich anmelden wollten, können Sie hier neu beginnen.",
	LinkSignedOut:       "Sie haben sich abgemeldet, oder Ihre Sitzung ist abgelaufen, bevor Ihr X-Konto verbunden war. Melden Sie sich wie zuvor wieder an, und verbinden Sie es noch einmal.",
	LinkOtherUser:       "Seit Sie mit dem Verbinden Ihres X-Kontos begonnen haben, hat sich hier eine andere Person angemeldet. Es wurde nichts verbunden.",
	ConfirmSignedOut:    "Sie haben sich abgemeldet, oder Ihre Sitzung ist abgelaufen, bevor Sie bestätigt haben, wer Sie sind. Bitte melden Sie sich wieder an.",
	ConfirmOtherUser:    "Seit Sie begonnen haben, hat sich hier eine andere Person angemeldet. Es wurde nichts geändert.",
	ConfirmOtherAccount: "Sie sind auf dieser Website mit einem anderen X-Konto angemeldet als dem, das Sie gerade verwendet haben. Es wurde nichts geändert; bitte bestätigen Sie mit dem ersten.",
}
