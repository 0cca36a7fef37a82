package texts

import "twitterlogin.example/twitterauth"

// French returns the texts in French, with the formal address.
func French() *twitterauth.Texts { return copyOf(&french) }

var french = twitterauth.Texts{
	Lang: "fr",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "La requête est incomplète ou mal formée.",
		twitterauth.CodeLoginRequired:        "Veuillez d’abord vous connecter.",
		twitterauth.CodeLoginTooOld:          "Veuillez confirmer qu’il s’agit bien de vous.",
		twitterauth.CodeTokenInvalid:         "X n’accepte pas ce jeton pour cette application.",
		twitterauth.CodeAccessDenied:         "Vous avez annulé la connexion avec X. Rien n’a été modifié.",
		twitterauth.CodeLoginMismatch:        "Cette connexion a été commencée dans un autre navigateur ou une autre application, ou ce navigateur bloque les cookies. Retournez là où vous l’avez commencée, ou recommencez ici.",
		twitterauth.CodeLoginExpired:         "Cette connexion a pris trop de temps ou a déjà servi. Veuillez recommencer.",
		twitterauth.CodeLoginRefused:         "Ce compte ne peut pas être utilisé pour se connecter ici.",
		twitterauth.CodeProfileIncomplete:    "Il manque à votre profil X un élément dont ce site a besoin, par exemple une adresse e-mail confirmée.",
		twitterauth.CodeAccountUnavailable:   "X indique que ce compte est suspendu ou verrouillé. Veuillez vous adresser à X.",
		twitterauth.CodeCrossOrigin:          "Cette requête venait d’un autre site ou n’a pas été faite par une personne.",
		twitterauth.CodeNotFound:             "Il n’y a rien ici.",
		twitterauth.CodeMethodNotAllowed:     "Cette adresse n’accepte pas ce type de requête.",
		twitterauth.CodeRequestTimeout:       "La requête a mis trop de temps à arriver.",
		twitterauth.CodeAlreadyLinked:        "Ce compte X appartient à un autre utilisateur de ce site.",
		twitterauth.CodeBodyTooLarge:         "La requête dépasse 8 Kio.",
		twitterauth.CodeUnsupportedMediaType: "Envoyez application/json ou application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Une erreur s’est produite de notre côté. Veuillez réessayer plus tard.",
		twitterauth.CodeAppMisconfigured:     "La connexion avec X n’est pas correctement configurée sur ce site. Son exploitant en connaît la raison.",
		twitterauth.CodeProviderUnavailable:  "X est injoignable pour le moment. Veuillez réessayer.",
		twitterauth.CodeRateLimited:          "X n’autorise aucune connexion ici pour le moment. Veuillez réessayer plus tard.",
		twitterauth.CodeOverloaded:           "Trop de personnes se connectent en ce moment. Veuillez réessayer dans un instant.",
		twitterauth.CodeStoreUnavailable:     "Nous ne pouvons pas consulter votre compte pour le moment. Veuillez réessayer dans un instant.",
		twitterauth.CodeProviderTimeout:      "X n’a pas répondu à temps. Veuillez réessayer.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Veuillez vous connecter",
		twitterauth.CodeLoginTooOld:      "Veuillez confirmer votre identité",
		twitterauth.CodeAccessDenied:     "Connexion annulée",
		twitterauth.CodeLoginMismatch:    "Connexion non terminée",
		twitterauth.CodeLoginExpired:     "Connexion expirée",
		twitterauth.CodeLoginRefused:     "Connexion impossible",
		twitterauth.CodeAlreadyLinked:    "Compte déjà associé",
		twitterauth.CodeNotFound:         "Page introuvable",
		twitterauth.CodeAppMisconfigured: "Connexion indisponible",
	},
	OtherTitle: "Cela n’a pas fonctionné",

	SignInTitle:   "Se connecter",
	SignInMessage: "Vous êtes sur le point de vous connecter à {site} avec votre compte X.",
	SignInButton:  "Se connecter avec X",
	LinkButton:    "Associer votre compte X",
	StayLoggedIn:  "Rester connecté",
	LoginPageLink: "Se connecter",
	HomeLink:      "Retour au site",

	LogOutTitle:   "Se déconnecter",
	LogOutMessage: "Vous êtes sur le point de vous déconnecter de {site}.",
	LogOutButton:  "Se déconnecter",

	AppTitle:         "Se connecter à l’application",
	AppMessage:       "Une application de cet appareil demande à vous connecter à {site} avec votre compte X. Ne continuez que si vous venez de lancer cette demande dans l’application.",
	BackToAppTitle:   "Retour à l’application",
	BackToAppMessage: "Si l’application ne s’ouvre pas d’elle-même, utilisez le bouton.",
	BackToAppLink:    "Retour à l’application",

	AppAddressUsed:      "Cette adresse a déjà servi ou n’est pas valide. Veuillez recommencer dans l’application.",
	AppLoginUsed:        "Cette connexion a déjà servi. Retournez dans l’application, et recommencez-y si cela n’a pas fonctionné.",
	WrongCallback:       "Cette adresse n’est pas de celles vers lesquelles X renvoie. Veuillez recommencer.",
	OtherHost:           "Ouvrez ce site à l’adresse {origin}, où reviennent ses connexions.",
	LinkElsewhere:       "Vous avez commencé à associer votre compte X dans un autre navigateur ou une autre application. Retournez-y et associez-le de nouveau.",
	LinkOrLoginMismatch: "Cette action a été commencée dans un autre navigateur ou une autre application, ou ce navigateur bloque les cookies. Si vous étiez en train d’associer X à votre compte, retournez-y\u202f; si vous étiez en train de vous connecter, vous pouvez recommencer ici.",
	LinkSignedOut:       "Vous avez fermé votre session, ou elle a pris fin, avant que votre compte X ne soit associé. Connectez-vous de nouveau comme auparavant et associez-le encore une fois.",
	LinkOtherUser:       "Une autre personne s’est connectée ici depuis que vous avez commencé à associer votre compte X. Rien n’a été associé.",
	ConfirmSignedOut:    "Vous avez fermé votre session, ou elle a pris fin, avant que vous n’ayez confirmé votre identité. Veuillez vous connecter de nouveau.",
	ConfirmOtherUser:    "Une autre personne s’est connectée ici depuis que vous avez commencé. Rien n’a été modifié.",
	ConfirmOtherAccount: "Votre session sur ce site est celle d’un autre compte X que celui que vous venez d’utiliser. Rien n’a été modifié\u202f; veuillez confirmer avec le premier.",
}
