package texts

import "twitterlogin.example/twitterauth"

// Arabic returns the texts in Arabic, in the modern standard language.
func Arabic() *twitterauth.Texts { return copyOf(&arabic) }

var arabic = twitterauth.Texts{
	Lang: "ar",
	Dir:  "rtl",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "الطلب غير مكتمل أو غير صحيح الصياغة.",
		twitterauth.CodeLoginRequired:        "يُرجى تسجيل الدخول أولًا.",
		twitterauth.CodeLoginTooOld:          "يُرجى تأكيد هويتك.",
		twitterauth.CodeTokenInvalid:         "لا تقبل X هذا الرمز المميز لهذا التطبيق.",
		twitterauth.CodeAccessDenied:         "لقد ألغيت تسجيل الدخول عبر X. لم يتغير شيء.",
		twitterauth.CodeLoginMismatch:        "بدأ تسجيل الدخول هذا في متصفح أو تطبيق آخر، أو أن هذا المتصفح يحظر ملفات تعريف الارتباط. يمكنك الرجوع إلى حيث بدأت، أو البدء من جديد هنا.",
		twitterauth.CodeLoginExpired:         "استغرق تسجيل الدخول هذا وقتًا طويلًا أو سبق استخدامه. يُرجى البدء من جديد.",
		twitterauth.CodeLoginRefused:         "لا يمكن تسجيل الدخول هنا بهذا الحساب.",
		twitterauth.CodeProfileIncomplete:    "ينقص ملفك الشخصي على X شيء يحتاج إليه هذا الموقع، مثل عنوان بريد إلكتروني مؤكَّد.",
		twitterauth.CodeAccountUnavailable:   "تفيد X بأن هذا الحساب موقوف أو مقفل. يُرجى التواصل مع X بشأنه.",
		twitterauth.CodeCrossOrigin:          "جاء هذا الطلب من موقع آخر، أو لم يُرسله شخص.",
		twitterauth.CodeNotFound:             "لا يوجد شيء هنا.",
		twitterauth.CodeMethodNotAllowed:     "لا يقبل هذا العنوان هذا النوع من الطلبات.",
		twitterauth.CodeRequestTimeout:       "استغرق وصول الطلب وقتًا طويلًا.",
		twitterauth.CodeAlreadyLinked:        "حساب X هذا يخص مستخدمًا آخر في هذا الموقع.",
		twitterauth.CodeBodyTooLarge:         "يتجاوز حجم الطلب 8 كيبيبايت.",
		twitterauth.CodeUnsupportedMediaType: "يُرجى الإرسال بصيغة application/json أو application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "حدث خطأ من جانبنا. يُرجى المحاولة لاحقًا.",
		twitterauth.CodeAppMisconfigured:     "تسجيل الدخول عبر X غير مُعدّ بشكل صحيح في هذا الموقع. تم إبلاغ القائمين عليه بالسبب.",
		twitterauth.CodeProviderUnavailable:  "يتعذر الاتصال بـ X حاليًا. يُرجى المحاولة مرة أخرى.",
		twitterauth.CodeRateLimited:          "لا تسمح X لأحد بتسجيل الدخول هنا في الوقت الحالي. يُرجى المحاولة لاحقًا.",
		twitterauth.CodeOverloaded:           "يسجّل عدد كبير جدًا من الأشخاص الدخول الآن. يُرجى المحاولة بعد قليل.",
		twitterauth.CodeStoreUnavailable:     "يتعذر علينا الوصول إلى بياناتك حاليًا. يُرجى المحاولة بعد قليل.",
		twitterauth.CodeProviderTimeout:      "لم تستجب X في الوقت المناسب. يُرجى المحاولة مرة أخرى.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "يُرجى تسجيل الدخول",
		twitterauth.CodeLoginTooOld:      "يُرجى تأكيد هويتك",
		twitterauth.CodeAccessDenied:     "أُلغي تسجيل الدخول",
		twitterauth.CodeLoginMismatch:    "لم يكتمل تسجيل الدخول",
		twitterauth.CodeLoginExpired:     "انتهت صلاحية تسجيل الدخول",
		twitterauth.CodeLoginRefused:     "لا يمكنك تسجيل الدخول",
		twitterauth.CodeAlreadyLinked:    "الحساب مرتبط بالفعل",
		twitterauth.CodeNotFound:         "الصفحة غير موجودة",
		twitterauth.CodeAppMisconfigured: "تسجيل الدخول غير متاح",
	},
	OtherTitle: "تعذّر إتمام العملية",

	SignInTitle:   "تسجيل الدخول",
	SignInMessage: "أنت على وشك تسجيل الدخول إلى {site} بحسابك على X.",
	SignInButton:  "تسجيل الدخول عبر X",
	LinkButton:    "ربط حسابك على X",
	StayLoggedIn:  "البقاء مسجّل الدخول",
	LoginPageLink: "تسجيل الدخول",
	HomeLink:      "العودة إلى الموقع",

	LogOutTitle:   "تسجيل الخروج",
	LogOutMessage: "أنت على وشك تسجيل الخروج من {site}.",
	LogOutButton:  "تسجيل الخروج",

	AppTitle:         "تسجيل الدخول إلى التطبيق",
	AppMessage:       "يطلب تطبيق على هذا الجهاز تسجيل دخولك إلى {site} بحسابك على X. لا تتابع إلا إذا كنت قد بدأت ذلك للتو في التطبيق.",
	BackToAppTitle:   "العودة إلى التطبيق",
	BackToAppMessage: "إذا لم يُفتح التطبيق تلقائيًا، فاستخدم الزر.",
	BackToAppLink:    "العودة إلى التطبيق",

	AppAddressUsed:      "سبق استخدام هذا العنوان أو أنه غير صالح. يُرجى البدء من جديد في التطبيق.",
	AppLoginUsed:        "سبق استخدام تسجيل الدخول هذا. يُرجى العودة إلى التطبيق والبدء من جديد هناك إذا لم ينجح الأمر.",
	WrongCallback:       "ليس هذا من العناوين التي تعيد X الأشخاص إليها. يُرجى البدء من جديد.",
	OtherHost:           "يُرجى فتح هذا الموقع على {origin}، فإليه تعود عمليات تسجيل الدخول.",
	LinkElsewhere:       "لقد بدأت ربط حسابك على X في متصفح أو تطبيق آخر. يُرجى الرجوع إليه وربط الحساب مرة أخرى.",
	LinkOrLoginMismatch: "بدأ هذا في متصفح أو تطبيق آخر، أو أن هذا المتصفح يحظر ملفات تعريف الارتباط. إذا كنت تربط X بحسابك، فيُرجى الرجوع إلى هناك؛ وإذا كنت تسجّل الدخول، فيمكنك البدء من جديد هنا.",
	LinkSignedOut:       "لقد سجّلت الخروج أو انتهت جلستك قبل ربط حسابك على X. يُرجى تسجيل الدخول كما في السابق وربط الحساب مرة أخرى.",
	LinkOtherUser:       "سجّل مستخدم آخر الدخول هنا منذ أن بدأت ربط حسابك على X. لم يُربط شيء.",
	ConfirmSignedOut:    "لقد سجّلت الخروج أو انتهت جلستك قبل أن تؤكد هويتك. يُرجى تسجيل الدخول مرة أخرى.",
	ConfirmOtherUser:    "سجّل مستخدم آخر الدخول هنا منذ أن بدأت. لم يتغير شيء.",
	ConfirmOtherAccount: "جلستك في هذا الموقع تخص حسابًا آخر على X غير الذي استخدمته للتو. لم يتغير شيء؛ يُرجى التأكيد بالحساب الأول.",
}
