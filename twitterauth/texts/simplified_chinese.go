package texts

import "twitterlogin.example/twitterauth"

// SimplifiedChinese returns the texts in Chinese in simplified characters.
func SimplifiedChinese() *twitterauth.Texts { return copyOf(&simplifiedChinese) }

var simplifiedChinese = twitterauth.Texts{
	Lang: "zh-Hans",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "请求不完整或格式不正确。",
		twitterauth.CodeLoginRequired:        "请先登录。",
		twitterauth.CodeLoginTooOld:          "请确认是您本人。",
		twitterauth.CodeTokenInvalid:         "X 不接受此应用使用该令牌。",
		twitterauth.CodeAccessDenied:         "您已取消使用 X 登录。未作任何更改。",
		twitterauth.CodeLoginMismatch:        "此登录是在其他浏览器或应用中开始的，或者此浏览器阻止了 Cookie。请回到开始登录的地方，或在此重新开始。",
		twitterauth.CodeLoginExpired:         "此登录耗时过长或已被使用。请重新开始。",
		twitterauth.CodeLoginRefused:         "此账号不能在这里登录。",
		twitterauth.CodeProfileIncomplete:    "您的 X 个人资料缺少本网站需要的信息，例如已验证的电子邮箱地址。",
		twitterauth.CodeAccountUnavailable:   "X 表示此账号已被冻结或锁定。请联系 X 处理。",
		twitterauth.CodeCrossOrigin:          "此请求来自其他网站，或者不是由真人发出的。",
		twitterauth.CodeNotFound:             "这里没有任何内容。",
		twitterauth.CodeMethodNotAllowed:     "此地址不接受这种类型的请求。",
		twitterauth.CodeRequestTimeout:       "请求到达的时间过长。",
		twitterauth.CodeAlreadyLinked:        "此 X 账号属于本网站的另一位用户。",
		twitterauth.CodeBodyTooLarge:         "请求超过了 8 KiB。",
		twitterauth.CodeUnsupportedMediaType: "请发送 application/json 或 application/x-www-form-urlencoded。",
		twitterauth.CodeStoreFailed:          "我们这边出了问题。请稍后重试。",
		twitterauth.CodeAppMisconfigured:     "本网站的 X 登录未正确设置。网站运营者已得知原因。",
		twitterauth.CodeProviderUnavailable:  "目前无法连接 X。请重试。",
		twitterauth.CodeRateLimited:          "X 暂时不允许任何人在此登录。请稍后重试。",
		twitterauth.CodeOverloaded:           "目前登录人数过多。请稍候再试。",
		twitterauth.CodeStoreUnavailable:     "目前无法查询您的信息。请稍候再试。",
		twitterauth.CodeProviderTimeout:      "X 未及时响应。请重试。",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "请登录",
		twitterauth.CodeLoginTooOld:      "请确认是您本人",
		twitterauth.CodeAccessDenied:     "登录已取消",
		twitterauth.CodeLoginMismatch:    "登录未完成",
		twitterauth.CodeLoginExpired:     "登录已过期",
		twitterauth.CodeLoginRefused:     "您无法登录",
		twitterauth.CodeAlreadyLinked:    "已关联",
		twitterauth.CodeNotFound:         "未找到",
		twitterauth.CodeAppMisconfigured: "无法登录",
	},
	OtherTitle: "操作未成功",

	SignInTitle:   "登录",
	SignInMessage: "您即将使用 X 账号登录 {site}。",
	SignInButton:  "使用 X 登录",
	LinkButton:    "关联您的 X 账号",
	StayLoggedIn:  "保持登录状态",
	LoginPageLink: "登录",
	HomeLink:      "返回网站",

	LogOutTitle:   "退出登录",
	LogOutMessage: "您即将退出 {site}。",
	LogOutButton:  "退出登录",

	AppTitle:         "登录应用",
	AppMessage:       "此设备上的一个应用请求让您使用 X 账号登录 {site}。仅当您刚刚在该应用中发起此操作时才继续。",
	BackToAppTitle:   "返回应用",
	BackToAppMessage: "如果应用没有自动打开，请使用按钮。",
	BackToAppLink:    "返回应用",

	AppAddressUsed:      "此地址已被使用或无效。请在应用中重新开始。",
	AppLoginUsed:        "此登录已被使用。请返回应用，如果未成功，请在应用中重新开始。",
	WrongCallback:       "这不是 X 返回用户的地址。请重新开始。",
	OtherHost:           "请通过 {origin} 打开本网站，登录后会返回该地址。",
	LinkElsewhere:       "您是在其他浏览器或应用中开始关联 X 账号的。请回到那里重新关联。",
	LinkOrLoginMismatch: "此操作是在其他浏览器或应用中开始的，或者此浏览器阻止了 Cookie。如果您正在将 X 关联到您的账号，请回到那里；如果您正在登录，可以在此重新开始。",
	LinkSignedOut:       "在您的 X 账号关联完成之前，您已退出登录或会话已结束。请像之前一样重新登录，然后再次关联。",
	LinkOtherUser:       "自您开始关联 X 账号以来，已有其他用户在此登录。未关联任何账号。",
	ConfirmSignedOut:    "在您确认身份之前，您已退出登录或会话已结束。请重新登录。",
	ConfirmOtherUser:    "自您开始以来，已有其他用户在此登录。未作任何更改。",
	ConfirmOtherAccount: "您在本网站登录的 X 账号与刚刚使用的不同。未作任何更改；请使用原来的账号确认。",
}
