package texts

import "twitterlogin.example/twitterauth"

// Polish returns the texts in Polish.
func Polish() *twitterauth.Texts { return copyOf(&polish) }

var polish = twitterauth.Texts{
	Lang: "pl",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "Żądanie jest niekompletne lub niepoprawne.",
		twitterauth.CodeLoginRequired:        "Najpierw się zaloguj.",
		twitterauth.CodeLoginTooOld:          "Potwierdź, że to Ty.",
		twitterauth.CodeTokenInvalid:         "X nie akceptuje tego tokenu dla tej aplikacji.",
		twitterauth.CodeAccessDenied:         "Logowanie przez X zostało anulowane. Nic nie zostało zmienione.",
		twitterauth.CodeLoginMismatch:        "To logowanie rozpoczęto w innej przeglądarce lub aplikacji albo ta przeglądarka blokuje pliki cookie. Wróć do miejsca, w którym je rozpoczęto, albo zacznij od nowa tutaj.",
		twitterauth.CodeLoginExpired:         "To logowanie trwało zbyt długo lub zostało już wykorzystane. Zacznij od nowa.",
		twitterauth.CodeLoginRefused:         "Na to konto nie można się tutaj zalogować.",
		twitterauth.CodeProfileIncomplete:    "W Twoim profilu X brakuje czegoś, czego wymaga ta witryna, na przykład potwierdzonego adresu e-mail.",
		twitterauth.CodeAccountUnavailable:   "X informuje, że to konto jest zawieszone lub zablokowane. Skontaktuj się z X w tej sprawie.",
		twitterauth.CodeCrossOrigin:          "To żądanie pochodzi z innej witryny lub nie zostało wysłane przez człowieka.",
		twitterauth.CodeNotFound:             "Tu nic nie ma.",
		twitterauth.CodeMethodNotAllowed:     "Ten adres nie przyjmuje żądań tego rodzaju.",
		twitterauth.CodeRequestTimeout:       "Żądanie docierało zbyt długo.",
		twitterauth.CodeAlreadyLinked:        "To konto X należy do innego użytkownika tej witryny.",
		twitterauth.CodeBodyTooLarge:         "Żądanie jest większe niż 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Wyślij application/json lub application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Coś poszło nie tak po naszej stronie. Spróbuj ponownie później.",
		twitterauth.CodeAppMisconfigured:     "Logowanie przez X nie jest poprawnie skonfigurowane w tej witrynie. Jej administrator zna przyczynę.",
		twitterauth.CodeProviderUnavailable:  "X jest teraz nieosiągalny. Spróbuj ponownie.",
		twitterauth.CodeRateLimited:          "X chwilowo nie pozwala się tu nikomu zalogować. Spróbuj ponownie później.",
		twitterauth.CodeOverloaded:           "Zbyt wiele osób loguje się w tej chwili. Spróbuj ponownie za chwilę.",
		twitterauth.CodeStoreUnavailable:     "Nie możemy teraz sprawdzić Twojego konta. Spróbuj ponownie za chwilę.",
		twitterauth.CodeProviderTimeout:      "X nie odpowiedział na czas. Spróbuj ponownie.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Zaloguj się",
		twitterauth.CodeLoginTooOld:      "Potwierdź, że to Ty",
		twitterauth.CodeAccessDenied:     "Logowanie anulowane",
		twitterauth.CodeLoginMismatch:    "Logowanie nieukończone",
		twitterauth.CodeLoginExpired:     "Logowanie wygasło",
		twitterauth.CodeLoginRefused:     "Nie możesz się zalogować",
		twitterauth.CodeAlreadyLinked:    "Konto już połączone",
		twitterauth.CodeNotFound:         "Nie znaleziono",
		twitterauth.CodeAppMisconfigured: "Logowanie niedostępne",
	},
	OtherTitle: "Nie udało się",

	SignInTitle:   "Zaloguj się",
	SignInMessage: "Za chwilę zalogujesz się w witrynie {site} swoim kontem X.",
	SignInButton:  "Zaloguj się przez X",
	LinkButton:    "Połącz swoje konto X",
	StayLoggedIn:  "Nie wylogowuj mnie",
	LoginPageLink: "Zaloguj się",
	HomeLink:      "Wróć do witryny",

	LogOutTitle:   "Wyloguj się",
	LogOutMessage: "Za chwilę wylogujesz się z witryny {site}.",
	LogOutButton:  "Wyloguj się",

	AppTitle:         "Zaloguj się do aplikacji",
	AppMessage:       "Aplikacja na tym urządzeniu prosi o zalogowanie Cię w witrynie {site} kontem X. Kontynuuj tylko wtedy, gdy przed chwilą rozpoczęto to w aplikacji.",
	BackToAppTitle:   "Wróć do aplikacji",
	BackToAppMessage: "Jeśli aplikacja nie otworzy się sama, użyj przycisku.",
	BackToAppLink:    "Wróć do aplikacji",

	AppAddressUsed:      "Ten adres został już wykorzystany lub jest nieprawidłowy. Zacznij od nowa w aplikacji.",
	AppLoginUsed:        "To logowanie zostało już wykorzystane. Wróć do aplikacji, a jeśli się nie udało, zacznij w niej od nowa.",
	WrongCallback:       "Pod ten adres X nikogo nie odsyła. Zacznij od nowa.",
	OtherHost:           "Otwórz tę witrynę pod adresem {origin}, bo tam wracają logowania.",
	LinkElsewhere:       "Łączenie konta X rozpoczęto w innej przeglądarce lub aplikacji. Wróć tam i połącz je ponownie.",
	LinkOrLoginMismatch: "Rozpoczęto to w innej przeglądarce lub aplikacji albo ta przeglądarka blokuje pliki cookie. Jeśli chodziło o połączenie X z Twoim kontem, wróć tam; jeśli o logowanie, możesz zacząć od nowa tutaj.",
	LinkSignedOut:       "Nastąpiło wylogowanie lub sesja się zakończyła, zanim konto X zostało połączone. Zaloguj się jak wcześniej i połącz je jeszcze raz.",
	LinkOtherUser:       "Po rozpoczęciu łączenia konta X zalogował się tutaj inny użytkownik. Niczego nie połączono.",
	ConfirmSignedOut:    "Nastąpiło wylogowanie lub sesja się zakończyła przed potwierdzeniem Twojej tożsamości. Zaloguj się ponownie.",
	ConfirmOtherUser:    "W międzyczasie zalogował się tutaj inny użytkownik. Nic nie zostało zmienione.",
	ConfirmOtherAccount: "W tej witrynie używasz innego konta X niż to, którym przed chwilą potwierdzono tożsamość. Nic nie zostało zmienione; potwierdź tym pierwszym.",
}
