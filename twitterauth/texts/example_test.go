package texts_test

import (
	"fmt"
	"net/http"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/texts"
)

// Config.Texts with two languages, in one of which a text is the app's own.
func ExampleMatch() {
	german := texts.German()
	german.SignInButton = "Mit X weiter"
	cfg := twitterauth.Config{
		Texts: texts.Match(german, texts.TraditionalChinese()),
	}
	for _, browser := range []string{"de-AT,de;q=0.9", "zh-HK,zh;q=0.9,en;q=0.8"} {
		r := &http.Request{Header: http.Header{"Accept-Language": {browser}}}
		fmt.Println(cfg.Texts(r).SignInButton)
	}
	// Output:
	// Mit X weiter
	// 使用 X 登入
}
