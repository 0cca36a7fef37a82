package texts

import "twitterlogin.example/twitterauth"

// Turkish returns the texts in Turkish, with the formal address.
func Turkish() *twitterauth.Texts { return copyOf(&turkish) }

var turkish = twitterauth.Texts{
	Lang: "tr",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "İstek eksik veya hatalı.",
		twitterauth.CodeLoginRequired:        "Lütfen önce giriş yapın.",
		twitterauth.CodeLoginTooOld:          "Lütfen siz olduğunuzu doğrulayın.",
		twitterauth.CodeTokenInvalid:         "X bu belirteci bu uygulama için kabul etmiyor.",
		twitterauth.CodeAccessDenied:         "X ile girişi iptal ettiniz. Hiçbir şey değiştirilmedi.",
		twitterauth.CodeLoginMismatch:        "Bu giriş başka bir tarayıcıda veya uygulamada başlatıldı ya da bu tarayıcı çerezleri engelliyor. Başladığınız yere dönün veya buradan yeniden başlayın.",
		twitterauth.CodeLoginExpired:         "Bu giriş çok uzun sürdü veya daha önce kullanıldı. Lütfen yeniden başlayın.",
		twitterauth.CodeLoginRefused:         "Bu hesapla burada giriş yapılamaz.",
		twitterauth.CodeProfileIncomplete:    "X profilinizde bu sitenin ihtiyaç duyduğu bir bilgi eksik; örneğin doğrulanmış bir e-posta adresi.",
		twitterauth.CodeAccountUnavailable:   "X, bu hesabın askıya alındığını veya kilitlendiğini bildiriyor. Lütfen X ile iletişime geçin.",
		twitterauth.CodeCrossOrigin:          "Bu istek başka bir siteden geldi veya bir kişi tarafından yapılmadı.",
		twitterauth.CodeNotFound:             "Burada hiçbir şey yok.",
		twitterauth.CodeMethodNotAllowed:     "Bu adres bu tür istekleri kabul etmiyor.",
		twitterauth.CodeRequestTimeout:       "İsteğin ulaşması çok uzun sürdü.",
		twitterauth.CodeAlreadyLinked:        "Bu X hesabı, bu sitenin başka bir kullanıcısına ait.",
		twitterauth.CodeBodyTooLarge:         "İstek 8 KiB sınırını aşıyor.",
		twitterauth.CodeUnsupportedMediaType: "application/json veya application/x-www-form-urlencoded gönderin.",
		twitterauth.CodeStoreFailed:          "Bizim tarafımızda bir sorun oluştu. Lütfen daha sonra tekrar deneyin.",
		twitterauth.CodeAppMisconfigured:     "Bu sitede X ile giriş doğru ayarlanmamış. Site yöneticisi nedenini biliyor.",
		twitterauth.CodeProviderUnavailable:  "X şu anda erişilemiyor. Lütfen tekrar deneyin.",
		twitterauth.CodeRateLimited:          "X şu anda burada kimsenin giriş yapmasına izin vermiyor. Lütfen daha sonra tekrar deneyin.",
		twitterauth.CodeOverloaded:           "Şu anda çok fazla kişi giriş yapıyor. Lütfen biraz sonra tekrar deneyin.",
		twitterauth.CodeStoreUnavailable:     "Şu anda hesabınıza bakamıyoruz. Lütfen biraz sonra tekrar deneyin.",
		twitterauth.CodeProviderTimeout:      "X zamanında yanıt vermedi. Lütfen tekrar deneyin.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Lütfen giriş yapın",
		twitterauth.CodeLoginTooOld:      "Lütfen siz olduğunuzu doğrulayın",
		twitterauth.CodeAccessDenied:     "Giriş iptal edildi",
		twitterauth.CodeLoginMismatch:    "Giriş tamamlanmadı",
		twitterauth.CodeLoginExpired:     "Girişin süresi doldu",
		twitterauth.CodeLoginRefused:     "Giriş yapamazsınız",
		twitterauth.CodeAlreadyLinked:    "Zaten bağlı",
		twitterauth.CodeNotFound:         "Bulunamadı",
		twitterauth.CodeAppMisconfigured: "Giriş kullanılamıyor",
	},
	OtherTitle: "İşe yaramadı",

	SignInTitle:   "Giriş yap",
	SignInMessage: "X hesabınızla {site} sitesine giriş yapmak üzeresiniz.",
	SignInButton:  "X ile giriş yap",
	LinkButton:    "X hesabınızı bağlayın",
	StayLoggedIn:  "Oturumum açık kalsın",
	LoginPageLink: "Giriş yap",
	HomeLink:      "Siteye dön",

	LogOutTitle:   "Çıkış yap",
	LogOutMessage: "{site} sitesinden çıkış yapmak üzeresiniz.",
	LogOutButton:  "Çıkış yap",

	AppTitle:         "Uygulamaya giriş yap",
	AppMessage:       "Bu cihazdaki bir uygulama, X hesabınızla {site} sitesine giriş yapmanızı istiyor. Yalnızca bunu az önce uygulamada siz başlattıysanız devam edin.",
	BackToAppTitle:   "Uygulamaya dön",
	BackToAppMessage: "Uygulama kendiliğinden açılmazsa düğmeyi kullanın.",
	BackToAppLink:    "Uygulamaya dön",

	AppAddressUsed:      "Bu adres kullanılmış veya geçersiz. Lütfen uygulamada yeniden başlayın.",
	AppLoginUsed:        "Bu giriş daha önce kullanıldı. Uygulamaya dönün ve işe yaramadıysa orada yeniden başlayın.",
	WrongCallback:       "X kimseyi bu adrese geri göndermez. Lütfen yeniden başlayın.",
	OtherHost:           "Bu siteyi {origin} adresinde açın; girişler oraya geri döner.",
	LinkElsewhere:       "X hesabınızı bağlamaya başka bir tarayıcıda veya uygulamada başladınız. Oraya dönüp hesabı yeniden bağlayın.",
	LinkOrLoginMismatch: "Bu işlem başka bir tarayıcıda veya uygulamada başlatıldı ya da bu tarayıcı çerezleri engelliyor. X hesabınızı bağlıyorduysanız oraya dönün; giriş yapıyorduysanız buradan yeniden başlayabilirsiniz.",
	LinkSignedOut:       "X hesabınız bağlanmadan önce çıkış yaptınız veya oturumunuz sona erdi. Önceki gibi yeniden giriş yapın ve hesabı bir kez daha bağlayın.",
	LinkOtherUser:       "X hesabınızı bağlamaya başladığınızdan beri burada başka bir kullanıcı giriş yaptı. Hiçbir şey bağlanmadı.",
	ConfirmSignedOut:    "Kim olduğunuzu doğrulamadan önce çıkış yaptınız veya oturumunuz sona erdi. Lütfen yeniden giriş yapın.",
	ConfirmOtherUser:    "Başladığınızdan beri burada başka bir kullanıcı giriş yaptı. Hiçbir şey değiştirilmedi.",
	ConfirmOtherAccount: "Bu sitede az önce kullandığınızdan farklı bir X hesabıyla oturum açtınız. Hiçbir şey değiştirilmedi; lütfen ilk hesapla doğrulayın.",
}
