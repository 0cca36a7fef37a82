package texts

import "twitterlogin.example/twitterauth"

// Indonesian returns the texts in Indonesian, with the formal address.
func Indonesian() *twitterauth.Texts { return copyOf(&indonesian) }

var indonesian = twitterauth.Texts{
	Lang: "id",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "Permintaan tidak lengkap atau formatnya salah.",
		twitterauth.CodeLoginRequired:        "Silakan masuk terlebih dahulu.",
		twitterauth.CodeLoginTooOld:          "Harap konfirmasi bahwa ini memang Anda.",
		twitterauth.CodeTokenInvalid:         "X tidak menerima token ini untuk aplikasi ini.",
		twitterauth.CodeAccessDenied:         "Anda membatalkan proses masuk dengan X. Tidak ada yang diubah.",
		twitterauth.CodeLoginMismatch:        "Proses masuk ini dimulai di peramban atau aplikasi lain, atau peramban ini memblokir cookie. Kembalilah ke tempat Anda memulainya, atau mulai lagi di sini.",
		twitterauth.CodeLoginExpired:         "Proses masuk ini terlalu lama atau sudah digunakan. Silakan mulai lagi.",
		twitterauth.CodeLoginRefused:         "Akun ini tidak dapat digunakan untuk masuk di sini.",
		twitterauth.CodeProfileIncomplete:    "Profil X Anda tidak memiliki sesuatu yang diperlukan situs ini, misalnya alamat email yang sudah dikonfirmasi.",
		twitterauth.CodeAccountUnavailable:   "X menyatakan bahwa akun ini ditangguhkan atau dikunci. Silakan hubungi X.",
		twitterauth.CodeCrossOrigin:          "Permintaan ini datang dari situs lain, atau tidak dibuat oleh manusia.",
		twitterauth.CodeNotFound:             "Tidak ada apa-apa di sini.",
		twitterauth.CodeMethodNotAllowed:     "Alamat ini tidak menerima jenis permintaan seperti ini.",
		twitterauth.CodeRequestTimeout:       "Permintaan terlalu lama tiba.",
		twitterauth.CodeAlreadyLinked:        "Akun X ini milik pengguna lain di situs ini.",
		twitterauth.CodeBodyTooLarge:         "Permintaan lebih besar dari 8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "Kirim application/json atau application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Terjadi kesalahan di pihak kami. Silakan coba lagi nanti.",
		twitterauth.CodeAppMisconfigured:     "Masuk dengan X belum diatur dengan benar di situs ini. Pengelolanya sudah diberi tahu penyebabnya.",
		twitterauth.CodeProviderUnavailable:  "X tidak dapat dihubungi saat ini. Silakan coba lagi.",
		twitterauth.CodeRateLimited:          "X sementara tidak mengizinkan siapa pun masuk di sini. Silakan coba lagi nanti.",
		twitterauth.CodeOverloaded:           "Terlalu banyak orang yang sedang masuk. Silakan coba lagi sebentar lagi.",
		twitterauth.CodeStoreUnavailable:     "Kami tidak dapat mencari data Anda saat ini. Silakan coba lagi sebentar lagi.",
		twitterauth.CodeProviderTimeout:      "X tidak merespons tepat waktu. Silakan coba lagi.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Silakan masuk",
		twitterauth.CodeLoginTooOld:      "Harap konfirmasi bahwa ini memang Anda",
		twitterauth.CodeAccessDenied:     "Proses masuk dibatalkan",
		twitterauth.CodeLoginMismatch:    "Proses masuk belum selesai",
		twitterauth.CodeLoginExpired:     "Proses masuk kedaluwarsa",
		twitterauth.CodeLoginRefused:     "Anda tidak dapat masuk",
		twitterauth.CodeAlreadyLinked:    "Sudah tertaut",
		twitterauth.CodeNotFound:         "Tidak ditemukan",
		twitterauth.CodeAppMisconfigured: "Fitur masuk tidak tersedia",
	},
	OtherTitle: "Tidak berhasil",

	SignInTitle:   "Masuk",
	SignInMessage: "Anda akan masuk ke {site} dengan akun X Anda.",
	SignInButton:  "Masuk dengan X",
	LinkButton:    "Tautkan akun X Anda",
	StayLoggedIn:  "Biarkan saya tetap masuk",
	LoginPageLink: "Masuk",
	HomeLink:      "Kembali ke situs",

	LogOutTitle:   "Keluar",
	LogOutMessage: "Anda akan keluar dari {site}.",
	LogOutButton:  "Keluar",

	AppTitle:         "Masuk ke aplikasi",
	AppMessage:       "Sebuah aplikasi di perangkat ini meminta agar Anda masuk ke {site} dengan akun X Anda. Lanjutkan hanya jika Anda baru saja memulainya di aplikasi.",
	BackToAppTitle:   "Kembali ke aplikasi",
	BackToAppMessage: "Jika aplikasi tidak terbuka dengan sendirinya, gunakan tombol.",
	BackToAppLink:    "Kembali ke aplikasi",

	AppAddressUsed:      "Alamat ini sudah digunakan atau tidak valid. Silakan mulai lagi di aplikasi.",
	AppLoginUsed:        "Proses masuk ini sudah digunakan. Kembalilah ke aplikasi, dan mulai lagi di sana jika tidak berhasil.",
	WrongCallback:       "X tidak mengembalikan siapa pun ke alamat ini. Silakan mulai lagi.",
	OtherHost:           "Buka situs ini di {origin}, tempat proses masuk akan kembali.",
	LinkElsewhere:       "Anda mulai menautkan akun X Anda di peramban atau aplikasi lain. Kembalilah ke sana dan tautkan lagi.",
	LinkOrLoginMismatch: "Ini dimulai di peramban atau aplikasi lain, atau peramban ini memblokir cookie. Jika Anda sedang menautkan X ke akun Anda, kembalilah ke sana; jika Anda sedang masuk, Anda dapat mulai lagi di sini.",
	LinkSignedOut:       "Anda keluar, atau sesi Anda berakhir, sebelum akun X Anda tertaut. Masuklah lagi seperti sebelumnya dan tautkan sekali lagi.",
	LinkOtherUser:       "Pengguna lain telah masuk di sini sejak Anda mulai menautkan akun X Anda. Tidak ada yang ditautkan.",
	ConfirmSignedOut:    "Anda keluar, atau sesi Anda berakhir, sebelum Anda mengonfirmasi identitas Anda. Silakan masuk lagi.",
	ConfirmOtherUser:    "Pengguna lain telah masuk di sini sejak Anda memulai. Tidak ada yang diubah.",
	ConfirmOtherAccount: "Anda masuk di situs ini dengan akun X yang berbeda dari yang baru saja Anda gunakan. Tidak ada yang diubah; harap konfirmasi dengan akun yang pertama.",
}
