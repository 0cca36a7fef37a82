package texts

import "twitterlogin.example/twitterauth"

// Spanish returns the texts in Spanish, with the familiar address that X and most sites use.
func Spanish() *twitterauth.Texts { return copyOf(&spanish) }

var spanish = twitterauth.Texts{
	Lang: "es",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "La solicitud está incompleta o mal formada.",
		twitterauth.CodeLoginRequired:        "Primero inicia sesión.",
		twitterauth.CodeLoginTooOld:          "Confirma que eres tú.",
		twitterauth.CodeTokenInvalid:         "X no acepta este token para esta aplicación.",
		twitterauth.CodeAccessDenied:         "Has cancelado el inicio de sesión con X. No se ha cambiado nada.",
		twitterauth.CodeLoginMismatch:        "Este inicio de sesión se comenzó en otro navegador o aplicación, o este navegador bloquea las cookies. Vuelve a donde lo comenzaste o empieza de nuevo aquí.",
		twitterauth.CodeLoginExpired:         "Este inicio de sesión tardó demasiado o ya se había usado. Empieza de nuevo.",
		twitterauth.CodeLoginRefused:         "No se puede iniciar sesión aquí con esta cuenta.",
		twitterauth.CodeProfileIncomplete:    "A tu perfil de X le falta algo que este sitio necesita, como un correo electrónico confirmado.",
		twitterauth.CodeAccountUnavailable:   "X indica que esta cuenta está suspendida o bloqueada. Ponte en contacto con X.",
		twitterauth.CodeCrossOrigin:          "Esta solicitud llegó desde otro sitio o no la hizo una persona.",
		twitterauth.CodeNotFound:             "Aquí no hay nada.",
		twitterauth.CodeMethodNotAllowed:     "Esta dirección no acepta este tipo de solicitud.",
		twitterauth.CodeRequestTimeout:       "La solicitud tardó demasiado en llegar.",
		twitterauth.CodeAlreadyLinked:        "Esta cuenta de X pertenece a otro usuario de este sitio.",
		twitterauth.CodeBodyTooLarge:         "La solicitud supera los 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Envía application/json o application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Algo ha fallado por nuestra parte. Inténtalo de nuevo más tarde.",
		twitterauth.CodeAppMisconfigured:     "El inicio de sesión con X no está bien configurado en este sitio. Sus responsables ya conocen el motivo.",
		twitterauth.CodeProviderUnavailable:  "No se puede contactar con X en este momento. Inténtalo de nuevo.",
		twitterauth.CodeRateLimited:          "X no permite iniciar sesión aquí por el momento. Inténtalo de nuevo más tarde.",
		twitterauth.CodeOverloaded:           "Demasiadas personas están iniciando sesión en este momento. Inténtalo de nuevo dentro de un momento.",
		twitterauth.CodeStoreUnavailable:     "Ahora mismo no podemos consultar tu cuenta. Inténtalo de nuevo dentro de un momento.",
		twitterauth.CodeProviderTimeout:      "X no respondió a tiempo. Inténtalo de nuevo.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Inicia sesión",
		twitterauth.CodeLoginTooOld:      "Confirma que eres tú",
		twitterauth.CodeAccessDenied:     "Inicio de sesión cancelado",
		twitterauth.CodeLoginMismatch:    "Inicio de sesión sin terminar",
		twitterauth.CodeLoginExpired:     "El inicio de sesión ha caducado",
		twitterauth.CodeLoginRefused:     "No puedes iniciar sesión",
		twitterauth.CodeAlreadyLinked:    "Ya está vinculada",
		twitterauth.CodeNotFound:         "No encontrado",
		twitterauth.CodeAppMisconfigured: "Inicio de sesión no disponible",
	},
	OtherTitle: "No ha funcionado",

	SignInTitle:   "Iniciar sesión",
	SignInMessage: "Vas a iniciar sesión en {site} con tu cuenta de X.",
	SignInButton:  "Iniciar sesión con X",
	LinkButton:    "Vincular tu cuenta de X",
	StayLoggedIn:  "Mantener la sesión iniciada",
	LoginPageLink: "Iniciar sesión",
	HomeLink:      "Volver al sitio",

	LogOutTitle:   "Cerrar sesión",
	LogOutMessage: "Vas a cerrar tu sesión en {site}.",
	LogOutButton:  "Cerrar sesión",

	AppTitle:         "Iniciar sesión en la aplicación",
	AppMessage:       "Una aplicación de este dispositivo pide iniciar tu sesión en {site} con tu cuenta de X. Continúa solo si acabas de comenzarlo en la aplicación.",
	BackToAppTitle:   "Volver a la aplicación",
	BackToAppMessage: "Si la aplicación no se abre por sí sola, usa el botón.",
	BackToAppLink:    "Volver a la aplicación",

	AppAddressUsed:      "Esta dirección ya se ha usado o no es válida. Empieza de nuevo en la aplicación.",
	AppLoginUsed:        "Este inicio de sesión ya se ha usado. Vuelve a la aplicación y, si no ha funcionado, empieza allí de nuevo.",
	WrongCallback:       "X no envía a nadie de vuelta a esta dirección. Empieza de nuevo.",
	OtherHost:           "Abre este sitio en {origin}, adonde vuelven sus inicios de sesión.",
	LinkElsewhere:       "Comenzaste a vincular tu cuenta de X en otro navegador o aplicación. Vuelve allí y vincúlala de nuevo.",
	LinkOrLoginMismatch: "Esto se comenzó en otro navegador o aplicación, o este navegador bloquea las cookies. Si estabas vinculando X a tu cuenta, vuelve allí; si estabas iniciando sesión, puedes empezar de nuevo aquí.",
	LinkSignedOut:       "Cerraste la sesión, o tu sesión terminó, antes de que se vinculara tu cuenta de X. Inicia sesión como antes y vincúlala de nuevo.",
	LinkOtherUser:       "Otra persona ha iniciado sesión aquí desde que comenzaste a vincular tu cuenta de X. No se ha vinculado nada.",
	ConfirmSignedOut:    "Cerraste la sesión, o tu sesión terminó, antes de que confirmaras quién eres. Inicia sesión de nuevo.",
	ConfirmOtherUser:    "Otra persona ha iniciado sesión aquí desde que comenzaste. No se ha cambiado nada.",
	ConfirmOtherAccount: "Tu sesión en este sitio es de otra cuenta de X, no de la que acabas de usar. No se ha cambiado nada; confirma con la primera.",
}
