package texts

import "twitterlogin.example/twitterauth"

// Japanese returns the texts in Japanese, in the polite form.
func Japanese() *twitterauth.Texts { return copyOf(&japanese) }

var japanese = twitterauth.Texts{
	Lang: "ja",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "リクエストが不完全か、形式が正しくありません。",
		twitterauth.CodeLoginRequired:        "先にログインしてください。",
		twitterauth.CodeLoginTooOld:          "ご本人であることを確認してください。",
		twitterauth.CodeTokenInvalid:         "X はこのアプリに対してこのトークンを受け付けません。",
		twitterauth.CodeAccessDenied:         "X でのログインをキャンセルしました。何も変更されていません。",
		twitterauth.CodeLoginMismatch:        "このログインは別のブラウザまたはアプリで開始されたか、このブラウザが Cookie をブロックしています。開始した場所に戻るか、ここでもう一度やり直してください。",
		twitterauth.CodeLoginExpired:         "このログインは時間がかかりすぎたか、すでに使用されています。もう一度やり直してください。",
		twitterauth.CodeLoginRefused:         "このアカウントではここにログインできません。",
		twitterauth.CodeProfileIncomplete:    "X のプロフィールに、このサイトに必要な情報（確認済みのメールアドレスなど）がありません。",
		twitterauth.CodeAccountUnavailable:   "X によると、このアカウントは凍結またはロックされています。X にお問い合わせください。",
		twitterauth.CodeCrossOrigin:          "このリクエストは別のサイトから送られたか、人の操作によるものではありません。",
		twitterauth.CodeNotFound:             "ここには何もありません。",
		twitterauth.CodeMethodNotAllowed:     "このアドレスはこの種類のリクエストを受け付けません。",
		twitterauth.CodeRequestTimeout:       "リクエストの到着に時間がかかりすぎました。",
		twitterauth.CodeAlreadyLinked:        "この X アカウントは、このサイトの別のユーザーのものです。",
		twitterauth.CodeBodyTooLarge:         "リクエストが 8 KiB を超えています。",
		twitterauth.CodeUnsupportedMediaType: "application/json または application/x-www-form-urlencoded で送信してください。",
		twitterauth.CodeStoreFailed:          "サーバー側で問題が発生しました。しばらくしてからもう一度お試しください。",
		twitterauth.CodeAppMisconfigured:     "このサイトでは X でのログインが正しく設定されていません。原因は運営者に通知されています。",
		twitterauth.CodeProviderUnavailable:  "現在 X に接続できません。もう一度お試しください。",
		twitterauth.CodeRateLimited:          "現在 X がここでのログインを一時的に制限しています。しばらくしてからもう一度お試しください。",
		twitterauth.CodeOverloaded:           "現在ログインする人が多すぎます。少し待ってからもう一度お試しください。",
		twitterauth.CodeStoreUnavailable:     "現在ユーザー情報を確認できません。少し待ってからもう一度お試しください。",
		twitterauth.CodeProviderTimeout:      "X から時間内に応答がありませんでした。もう一度お試しください。",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "ログインしてください",
		twitterauth.CodeLoginTooOld:      "ご本人の確認",
		twitterauth.CodeAccessDenied:     "ログインをキャンセルしました",
		twitterauth.CodeLoginMismatch:    "ログインが完了していません",
		twitterauth.CodeLoginExpired:     "ログインの有効期限が切れました",
		twitterauth.CodeLoginRefused:     "ログインできません",
		twitterauth.CodeAlreadyLinked:    "連携済みです",
		twitterauth.CodeNotFound:         "見つかりません",
		twitterauth.CodeAppMisconfigured: "ログインを利用できません",
	},
	OtherTitle: "うまくいきませんでした",

	SignInTitle:   "ログイン",
	SignInMessage: "X アカウントで {site} にログインします。",
	SignInButton:  "X でログイン",
	LinkButton:    "X アカウントを連携",
	StayLoggedIn:  "ログインしたままにする",
	LoginPageLink: "ログイン",
	HomeLink:      "サイトに戻る",

	LogOutTitle:   "ログアウト",
	LogOutMessage: "{site} からログアウトします。",
	LogOutButton:  "ログアウト",

	AppTitle:         "アプリにログイン",
	AppMessage:       "このデバイスのアプリが、X アカウントで {site} にログインすることを求めています。アプリで今この操作を始めた場合にのみ続行してください。",
	BackToAppTitle:   "アプリに戻る",
	BackToAppMessage: "アプリが自動的に開かない場合は、ボタンを使ってください。",
	BackToAppLink:    "アプリに戻る",

	AppAddressUsed:      "このアドレスは使用済みか無効です。アプリでもう一度やり直してください。",
	AppLoginUsed:        "このログインはすでに使用されています。アプリに戻り、うまくいかなかった場合はそこでもう一度やり直してください。",
	WrongCallback:       "これは X からの戻り先のアドレスではありません。もう一度やり直してください。",
	OtherHost:           "このサイトを {origin} で開いてください。ログイン後はそこに戻ります。",
	LinkElsewhere:       "X アカウントの連携は別のブラウザまたはアプリで開始されました。そこに戻ってもう一度連携してください。",
	LinkOrLoginMismatch: "この操作は別のブラウザまたはアプリで開始されたか、このブラウザが Cookie をブロックしています。X をアカウントに連携していた場合はそこに戻ってください。ログインしていた場合は、ここでもう一度やり直せます。",
	LinkSignedOut:       "X アカウントが連携される前に、ログアウトしたかセッションが終了しました。前と同じようにログインして、もう一度連携してください。",
	LinkOtherUser:       "X アカウントの連携を始めた後に、別のユーザーがここでログインしました。何も連携されていません。",
	ConfirmSignedOut:    "ご本人であることを確認する前に、ログアウトしたかセッションが終了しました。もう一度ログインしてください。",
	ConfirmOtherUser:    "操作を始めた後に、別のユーザーがここでログインしました。何も変更されていません。",
	ConfirmOtherAccount: "このサイトには、今使用したものとは別の X アカウントでログインしています。何も変更されていません。最初のアカウントで確認してください。",
}
