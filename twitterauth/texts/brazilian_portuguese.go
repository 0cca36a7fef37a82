package texts

import "twitterlogin.example/twitterauth"

// BrazilianPortuguese returns the texts in Portuguese as in Brazil.
func BrazilianPortuguese() *twitterauth.Texts { return copyOf(&brazilianPortuguese) }

var brazilianPortuguese = twitterauth.Texts{
	Lang: "pt-BR",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "A solicitação está incompleta ou malformada.",
		twitterauth.CodeLoginRequired:        "Faça login primeiro.",
		twitterauth.CodeLoginTooOld:          "Confirme que é você.",
		twitterauth.CodeTokenInvalid:         "O X não aceita este token para este aplicativo.",
		twitterauth.CodeAccessDenied:         "Você cancelou o login com o X. Nada foi alterado.",
		twitterauth.CodeLoginMismatch:        "Este login foi iniciado em outro navegador ou aplicativo, ou este navegador bloqueia cookies. Volte para onde você começou ou comece de novo aqui.",
		twitterauth.CodeLoginExpired:         "Este login demorou demais ou já foi usado. Comece de novo.",
		twitterauth.CodeLoginRefused:         "Não é possível fazer login aqui com esta conta.",
		twitterauth.CodeProfileIncomplete:    "Falta no seu perfil do X algo de que este site precisa, como um e-mail confirmado.",
		twitterauth.CodeAccountUnavailable:   "O X informa que esta conta está suspensa ou bloqueada. Entre em contato com o X.",
		twitterauth.CodeCrossOrigin:          "Esta solicitação veio de outro site ou não foi feita por uma pessoa.",
		twitterauth.CodeNotFound:             "Não há nada aqui.",
		twitterauth.CodeMethodNotAllowed:     "Este endereço não aceita este tipo de solicitação.",
		twitterauth.CodeRequestTimeout:       "A solicitação demorou demais para chegar.",
		twitterauth.CodeAlreadyLinked:        "Esta conta do X pertence a outro usuário deste site.",
		twitterauth.CodeBodyTooLarge:         "A solicitação é maior que 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Envie application/json ou application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Algo deu errado do nosso lado. Tente novamente mais tarde.",
		twitterauth.CodeAppMisconfigured:     "O login com o X não está configurado corretamente neste site. Os responsáveis já sabem o motivo.",
		twitterauth.CodeProviderUnavailable:  "Não é possível acessar o X no momento. Tente novamente.",
		twitterauth.CodeRateLimited:          "O X não permite nenhum login aqui no momento. Tente novamente mais tarde.",
		twitterauth.CodeOverloaded:           "Há pessoas demais fazendo login agora. Tente novamente em instantes.",
		twitterauth.CodeStoreUnavailable:     "Não conseguimos consultar sua conta no momento. Tente novamente em instantes.",
		twitterauth.CodeProviderTimeout:      "O X não respondeu a tempo. Tente novamente.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Faça login",
		twitterauth.CodeLoginTooOld:      "Confirme que é você",
		twitterauth.CodeAccessDenied:     "Login cancelado",
		twitterauth.CodeLoginMismatch:    "Login não concluído",
		twitterauth.CodeLoginExpired:     "O login expirou",
		twitterauth.CodeLoginRefused:     "Você não pode fazer login",
		twitterauth.CodeAlreadyLinked:    "Já conectada",
		twitterauth.CodeNotFound:         "Não encontrado",
		twitterauth.CodeAppMisconfigured: "Login indisponível",
	},
	OtherTitle: "Não deu certo",

	SignInTitle:   "Fazer login",
	SignInMessage: "Você está prestes a fazer login em {site} com sua conta do X.",
	SignInButton:  "Fazer login com o X",
	LinkButton:    "Conectar sua conta do X",
	StayLoggedIn:  "Permanecer conectado",
	LoginPageLink: "Fazer login",
	HomeLink:      "Voltar ao site",

	LogOutTitle:   "Sair",
	LogOutMessage: "Você está prestes a sair de {site}.",
	LogOutButton:  "Sair",

	AppTitle:         "Fazer login no aplicativo",
	AppMessage:       "Um aplicativo neste dispositivo pede para fazer seu login em {site} com sua conta do X. Continue somente se você acabou de iniciar isso no aplicativo.",
	BackToAppTitle:   "Voltar ao aplicativo",
	BackToAppMessage: "Se o aplicativo não abrir sozinho, use o botão.",
	BackToAppLink:    "Voltar ao aplicativo",

	AppAddressUsed:      "Este endereço já foi usado ou não é válido. Comece de novo no aplicativo.",
	AppLoginUsed:        "Este login já foi usado. Volte ao aplicativo e, se não deu certo, comece de novo por lá.",
	WrongCallback:       "O X não envia ninguém de volta para este endereço. Comece de novo.",
	OtherHost:           "Abra este site em {origin}, para onde os logins retornam.",
	LinkElsewhere:       "Você começou a conectar sua conta do X em outro navegador ou aplicativo. Volte para lá e conecte-a de novo.",
	LinkOrLoginMismatch: "Isto foi iniciado em outro navegador ou aplicativo, ou este navegador bloqueia cookies. Se você estava conectando o X à sua conta, volte para lá; se estava fazendo login, pode começar de novo aqui.",
	LinkSignedOut:       "Você saiu, ou sua sessão terminou, antes que sua conta do X fosse conectada. Faça login novamente como antes e conecte-a mais uma vez.",
	LinkOtherUser:       "Outra pessoa fez login aqui desde que você começou a conectar sua conta do X. Nada foi conectado.",
	ConfirmSignedOut:    "Você saiu, ou sua sessão terminou, antes de confirmar quem você é. Faça login novamente.",
	ConfirmOtherUser:    "Outra pessoa fez login aqui desde que você começou. Nada foi alterado.",
	ConfirmOtherAccount: "Sua sessão neste site é de uma conta do X diferente da que você acabou de usar. Nada foi alterado; confirme com a primeira.",
}
