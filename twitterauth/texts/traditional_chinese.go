package texts

import "twitterlogin.example/twitterauth"

// TraditionalChinese returns the texts in Chinese in traditional characters, with the words of Taiwan.
func TraditionalChinese() *twitterauth.Texts { return copyOf(&traditionalChinese) }

var traditionalChinese = twitterauth.Texts{
	Lang: "zh-Hant",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "請求不完整或格式不正確。",
		twitterauth.CodeLoginRequired:        "請先登入。",
		twitterauth.CodeLoginTooOld:          "請確認是您本人。",
		twitterauth.CodeTokenInvalid:         "X 不接受此應用程式使用該權杖。",
		twitterauth.CodeAccessDenied:         "您已取消使用 X 登入。未做任何變更。",
		twitterauth.CodeLoginMismatch:        "此登入是在其他瀏覽器或應用程式中開始的，或者此瀏覽器封鎖了 Cookie。請回到開始登入的地方，或在此重新開始。",
		twitterauth.CodeLoginExpired:         "此登入耗時過長或已被使用。請重新開始。",
		twitterauth.CodeLoginRefused:         "此帳號無法在這裡登入。",
		twitterauth.CodeProfileIncomplete:    "您的 X 個人檔案缺少本網站需要的資訊，例如已驗證的電子郵件地址。",
		twitterauth.CodeAccountUnavailable:   "X 表示此帳號已遭停權或鎖定。請與 X 聯絡。",
		twitterauth.CodeCrossOrigin:          "此請求來自其他網站，或者不是由真人發出的。",
		twitterauth.CodeNotFound:             "這裡沒有任何內容。",
		twitterauth.CodeMethodNotAllowed:     "此網址不接受這種類型的請求。",
		twitterauth.CodeRequestTimeout:       "請求花了太久才送達。",
		twitterauth.CodeAlreadyLinked:        "此 X 帳號屬於本網站的另一位使用者。",
		twitterauth.CodeBodyTooLarge:         "請求超過 8 KiB。",
		twitterauth.CodeUnsupportedMediaType: "請傳送 application/json 或 application/x-www-form-urlencoded。",
		twitterauth.CodeStoreFailed:          "我們這邊發生問題。請稍後再試。",
		twitterauth.CodeAppMisconfigured:     "本網站的 X 登入設定不正確。網站管理者已得知原因。",
		twitterauth.CodeProviderUnavailable:  "目前無法連線到 X。請再試一次。",
		twitterauth.CodeRateLimited:          "X 暫時不允許任何人在此登入。請稍後再試。",
		twitterauth.CodeOverloaded:           "目前登入人數過多。請稍候再試。",
		twitterauth.CodeStoreUnavailable:     "目前無法查詢您的資料。請稍候再試。",
		twitterauth.CodeProviderTimeout:      "X 未及時回應。請再試一次。",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "請登入",
		twitterauth.CodeLoginTooOld:      "請確認是您本人",
		twitterauth.CodeAccessDenied:     "登入已取消",
		twitterauth.CodeLoginMismatch:    "登入未完成",
		twitterauth.CodeLoginExpired:     "登入已過期",
		twitterauth.CodeLoginRefused:     "您無法登入",
		twitterauth.CodeAlreadyLinked:    "已連結",
		twitterauth.CodeNotFound:         "找不到網頁",
		twitterauth.CodeAppMisconfigured: "無法使用登入功能",
	},
	OtherTitle: "操作未成功",

	SignInTitle:   "登入",
	SignInMessage: "您即將使用 X 帳號登入 {site}。",
	SignInButton:  "使用 X 登入",
	LinkButton:    "連結您的 X 帳號",
	StayLoggedIn:  "保持登入",
	LoginPageLink: "登入",
	HomeLink:      "返回網站",

	LogOutTitle:   "登出",
	LogOutMessage: "您即將登出 {site}。",
	LogOutButton:  "登出",

	AppTitle:         "登入應用程式",
	AppMessage:       "此裝置上的一個應用程式要求讓您使用 X 帳號登入 {site}。只有在您剛剛從該應用程式開始此操作時才繼續。",
	BackToAppTitle:   "返回應用程式",
	BackToAppMessage: "如果應用程式沒有自動開啟，請使用按鈕。",
	BackToAppLink:    "返回應用程式",

	AppAddressUsed:      "此網址已被使用或無效。請在應用程式中重新開始。",
	AppLoginUsed:        "此登入已被使用。請返回應用程式，如果未成功，請在應用程式中重新開始。",
	WrongCallback:       "這不是 X 將使用者送回的網址。請重新開始。",
	OtherHost:           "請從 {origin} 開啟本網站，登入後會返回該網址。",
	LinkElsewhere:       "您是在其他瀏覽器或應用程式中開始連結 X 帳號的。請回到那裡重新連結。",
	LinkOrLoginMismatch: "此操作是在其他瀏覽器或應用程式中開始的，或者此瀏覽器封鎖了 Cookie。如果您正在將 X 連結到您的帳號，請回到那裡；如果您正在登入，可以在此重新開始。",
	LinkSignedOut:       "在您的 X 帳號連結完成之前，您已登出或工作階段已結束。請像之前一樣重新登入，然後再次連結。",
	LinkOtherUser:       "自您開始連結 X 帳號以來，已有其他使用者在此登入。未連結任何帳號。",
	ConfirmSignedOut:    "在您確認身分之前，您已登出或工作階段已結束。請重新登入。",
	ConfirmOtherUser:    "自您開始以來，已有其他使用者在此登入。未做任何變更。",
	ConfirmOtherAccount: "您在本網站登入的 X 帳號與剛剛使用的不同。未做任何變更；請使用原來的帳號確認。",
}
