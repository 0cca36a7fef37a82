package texts

import "twitterlogin.example/twitterauth"

// Korean returns the texts in Korean, in the polite form.
func Korean() *twitterauth.Texts { return copyOf(&korean) }

var korean = twitterauth.Texts{
	Lang: "ko",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "요청이 불완전하거나 형식이 올바르지 않습니다.",
		twitterauth.CodeLoginRequired:        "먼저 로그인해 주세요.",
		twitterauth.CodeLoginTooOld:          "본인임을 확인해 주세요.",
		twitterauth.CodeTokenInvalid:         "X가 이 앱에 대해 이 토큰을 허용하지 않습니다.",
		twitterauth.CodeAccessDenied:         "X 로그인을 취소했습니다. 변경된 내용은 없습니다.",
		twitterauth.CodeLoginMismatch:        "이 로그인은 다른 브라우저나 앱에서 시작되었거나 이 브라우저가 쿠키를 차단하고 있습니다. 시작한 곳으로 돌아가거나 여기에서 다시 시작해 주세요.",
		twitterauth.CodeLoginExpired:         "이 로그인은 시간이 너무 오래 걸렸거나 이미 사용되었습니다. 다시 시작해 주세요.",
		twitterauth.CodeLoginRefused:         "이 계정으로는 여기에 로그인할 수 없습니다.",
		twitterauth.CodeProfileIncomplete:    "X 프로필에 이 사이트에 필요한 정보(예: 확인된 이메일 주소)가 없습니다.",
		twitterauth.CodeAccountUnavailable:   "X에 따르면 이 계정은 정지되었거나 잠겨 있습니다. X에 문의해 주세요.",
		twitterauth.CodeCrossOrigin:          "이 요청은 다른 사이트에서 왔거나 사람이 보낸 것이 아닙니다.",
		twitterauth.CodeNotFound:             "여기에는 아무것도 없습니다.",
		twitterauth.CodeMethodNotAllowed:     "이 주소는 이런 종류의 요청을 받지 않습니다.",
		twitterauth.CodeRequestTimeout:       "요청이 도착하는 데 시간이 너무 오래 걸렸습니다.",
		twitterauth.CodeAlreadyLinked:        "이 X 계정은 이 사이트의 다른 사용자에게 속해 있습니다.",
		twitterauth.CodeBodyTooLarge:         "요청이 8 KiB보다 큽니다.",
		twitterauth.CodeUnsupportedMediaType: "application/json 또는 application/x-www-form-urlencoded로 보내 주세요.",
		twitterauth.CodeStoreFailed:          "서버에 문제가 발생했습니다. 나중에 다시 시도해 주세요.",
		twitterauth.CodeAppMisconfigured:     "이 사이트의 X 로그인이 올바르게 설정되지 않았습니다. 원인은 운영자에게 전달되었습니다.",
		twitterauth.CodeProviderUnavailable:  "지금은 X에 연결할 수 없습니다. 다시 시도해 주세요.",
		twitterauth.CodeRateLimited:          "지금은 X에서 로그인을 잠시 제한하고 있습니다. 나중에 다시 시도해 주세요.",
		twitterauth.CodeOverloaded:           "지금 로그인하는 사람이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
		twitterauth.CodeStoreUnavailable:     "지금은 사용자 정보를 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.",
		twitterauth.CodeProviderTimeout:      "X가 제시간에 응답하지 않았습니다. 다시 시도해 주세요.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "로그인해 주세요",
		twitterauth.CodeLoginTooOld:      "본인임을 확인해 주세요",
		twitterauth.CodeAccessDenied:     "로그인이 취소되었습니다",
		twitterauth.CodeLoginMismatch:    "로그인이 완료되지 않았습니다",
		twitterauth.CodeLoginExpired:     "로그인이 만료되었습니다",
		twitterauth.CodeLoginRefused:     "로그인할 수 없습니다",
		twitterauth.CodeAlreadyLinked:    "이미 연결되었습니다",
		twitterauth.CodeNotFound:         "찾을 수 없습니다",
		twitterauth.CodeAppMisconfigured: "로그인을 사용할 수 없습니다",
	},
	OtherTitle: "작업을 완료하지 못했습니다",

	SignInTitle:   "로그인",
	SignInMessage: "X 계정으로 {site}에 로그인합니다.",
	SignInButton:  "X로 로그인",
	LinkButton:    "X 계정 연결",
	StayLoggedIn:  "로그인 상태 유지",
	LoginPageLink: "로그인",
	HomeLink:      "사이트로 돌아가기",

	LogOutTitle:   "로그아웃",
	LogOutMessage: "{site}에서 로그아웃합니다.",
	LogOutButton:  "로그아웃",

	AppTitle:         "앱에 로그인",
	AppMessage:       "이 기기의 앱이 X 계정으로 {site}에 로그인하도록 요청합니다. 방금 앱에서 직접 시작한 경우에만 계속하세요.",
	BackToAppTitle:   "앱으로 돌아가기",
	BackToAppMessage: "앱이 자동으로 열리지 않으면 버튼을 사용하세요.",
	BackToAppLink:    "앱으로 돌아가기",

	AppAddressUsed:      "이 주소는 이미 사용되었거나 유효하지 않습니다. 앱에서 다시 시작해 주세요.",
	AppLoginUsed:        "이 로그인은 이미 사용되었습니다. 앱으로 돌아가서 제대로 되지 않았다면 다시 시작해 주세요.",
	WrongCallback:       "X가 돌려보내는 주소가 아닙니다. 다시 시작해 주세요.",
	OtherHost:           "이 사이트를 {origin} 주소로 열어 주세요. 로그인 후에는 그곳으로 돌아옵니다.",
	LinkElsewhere:       "X 계정 연결을 다른 브라우저나 앱에서 시작했습니다. 그곳으로 돌아가서 다시 연결해 주세요.",
	LinkOrLoginMismatch: "이 작업은 다른 브라우저나 앱에서 시작되었거나 이 브라우저가 쿠키를 차단하고 있습니다. X를 계정에 연결하던 중이었다면 그곳으로 돌아가고, 로그인하던 중이었다면 여기에서 다시 시작할 수 있습니다.",
	LinkSignedOut:       "X 계정이 연결되기 전에 로그아웃했거나 세션이 끝났습니다. 이전처럼 다시 로그인한 다음 한 번 더 연결해 주세요.",
	LinkOtherUser:       "X 계정 연결을 시작한 뒤에 다른 사용자가 여기에서 로그인했습니다. 연결된 계정은 없습니다.",
	ConfirmSignedOut:    "본인임을 확인하기 전에 로그아웃했거나 세션이 끝났습니다. 다시 로그인해 주세요.",
	ConfirmOtherUser:    "시작한 뒤에 다른 사용자가 여기에서 로그인했습니다. 변경된 내용은 없습니다.",
	ConfirmOtherAccount: "이 사이트에는 방금 사용한 것과 다른 X 계정으로 로그인되어 있습니다. 변경된 내용은 없습니다. 처음 계정으로 확인해 주세요.",
}
