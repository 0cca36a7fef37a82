package texts

import "twitterlogin.example/twitterauth"

// Italian returns the texts in Italian, with the familiar address that X and most sites use.
func Italian() *twitterauth.Texts { return copyOf(&italian) }

var italian = twitterauth.Texts{
	Lang: "it",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "La richiesta è incompleta o non valida.",
		twitterauth.CodeLoginRequired:        "Prima devi accedere.",
		twitterauth.CodeLoginTooOld:          "Conferma la tua identità.",
		twitterauth.CodeTokenInvalid:         "X non accetta questo token per questa app.",
		twitterauth.CodeAccessDenied:         "Hai annullato l’accesso con X. Non è stato modificato nulla.",
		twitterauth.CodeLoginMismatch:        "Questo accesso è stato avviato in un altro browser o in un’altra app, oppure questo browser blocca i cookie. Torna dove l’hai avviato o ricomincia qui.",
		twitterauth.CodeLoginExpired:         "Questo accesso ha richiesto troppo tempo o è già stato usato. Ricomincia da capo.",
		twitterauth.CodeLoginRefused:         "Con questo account non è possibile accedere qui.",
		twitterauth.CodeProfileIncomplete:    "Al tuo profilo X manca qualcosa di cui questo sito ha bisogno, per esempio un indirizzo email confermato.",
		twitterauth.CodeAccountUnavailable:   "X segnala che questo account è sospeso o bloccato. Rivolgiti a X.",
		twitterauth.CodeCrossOrigin:          "Questa richiesta proveniva da un altro sito o non è stata fatta da una persona.",
		twitterauth.CodeNotFound:             "Qui non c’è nulla.",
		twitterauth.CodeMethodNotAllowed:     "Questo indirizzo non accetta questo tipo di richiesta.",
		twitterauth.CodeRequestTimeout:       "La richiesta ha impiegato troppo tempo ad arrivare.",
		twitterauth.CodeAlreadyLinked:        "Questo account X appartiene a un altro utente di questo sito.",
		twitterauth.CodeBodyTooLarge:         "La richiesta supera 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Invia application/json o application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Si è verificato un errore da parte nostra. Riprova più tardi.",
		twitterauth.CodeAppMisconfigured:     "L’accesso con X non è configurato correttamente su questo sito. Il gestore conosce già il motivo.",
		twitterauth.CodeProviderUnavailable:  "X non è raggiungibile in questo momento. Riprova.",
		twitterauth.CodeRateLimited:          "Al momento X non permette a nessuno di accedere qui. Riprova più tardi.",
		twitterauth.CodeOverloaded:           "In questo momento stanno accedendo troppe persone. Riprova tra poco.",
		twitterauth.CodeStoreUnavailable:     "In questo momento non riusciamo a consultare il tuo account. Riprova tra poco.",
		twitterauth.CodeProviderTimeout:      "X non ha risposto in tempo. Riprova.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Accedi",
		twitterauth.CodeLoginTooOld:      "Conferma la tua identità",
		twitterauth.CodeAccessDenied:     "Accesso annullato",
		twitterauth.CodeLoginMismatch:    "Accesso non completato",
		twitterauth.CodeLoginExpired:     "Accesso scaduto",
		twitterauth.CodeLoginRefused:     "Non puoi accedere",
		twitterauth.CodeAlreadyLinked:    "Già collegato",
		twitterauth.CodeNotFound:         "Pagina non trovata",
		twitterauth.CodeAppMisconfigured: "Accesso non disponibile",
	},
	OtherTitle: "Non ha funzionato",

	SignInTitle:   "Accedi",
	SignInMessage: "Stai per accedere a {site} con il tuo account X.",
	SignInButton:  "Accedi con X",
	LinkButton:    "Collega il tuo account X",
	StayLoggedIn:  "Resta connesso",
	LoginPageLink: "Accedi",
	HomeLink:      "Torna al sito",

	LogOutTitle:   "Esci",
	LogOutMessage: "Stai per uscire da {site}.",
	LogOutButton:  "Esci",

	AppTitle:         "Accedi all’app",
	AppMessage:       "Un’app su questo dispositivo chiede di farti accedere a {site} con il tuo account X. Continua solo se hai appena avviato l’accesso nell’app.",
	BackToAppTitle:   "Torna all’app",
	BackToAppMessage: "Se l’app non si apre da sola, usa il pulsante.",
	BackToAppLink:    "Torna all’app",

	AppAddressUsed:      "Questo indirizzo è già stato usato o non è valido. Ricomincia nell’app.",
	AppLoginUsed:        "Questo accesso è già stato usato. Torna all’app e, se non ha funzionato, ricomincia da lì.",
	WrongCallback:       "X non rimanda nessuno a questo indirizzo. Ricomincia da capo.",
	OtherHost:           "Apri questo sito all’indirizzo {origin}, dove ritornano i suoi accessi.",
	LinkElsewhere:       "Hai iniziato a collegare il tuo account X in un altro browser o in un’altra app. Torna lì e collegalo di nuovo.",
	LinkOrLoginMismatch: "Questa operazione è stata avviata in un altro browser o in un’altra app, oppure questo browser blocca i cookie. Se stavi collegando X al tuo account, torna lì; se stavi accedendo, puoi ricominciare qui.",
	LinkSignedOut:       "Hai chiuso la sessione, o la sessione è terminata, prima che il tuo account X fosse collegato. Accedi di nuovo come prima e collegalo ancora una volta.",
	LinkOtherUser:       "Un altro utente ha effettuato l’accesso qui dopo che hai iniziato a collegare il tuo account X. Non è stato collegato nulla.",
	ConfirmSignedOut:    "Hai chiuso la sessione, o la sessione è terminata, prima che tu confermassi la tua identità. Accedi di nuovo.",
	ConfirmOtherUser:    "Un altro utente ha effettuato l’accesso qui dopo che hai iniziato. Non è stato modificato nulla.",
	ConfirmOtherAccount: "Su questo sito hai effettuato l’accesso con un account X diverso da quello che hai appena usato. Non è stato modificato nulla; conferma con il primo.",
}
