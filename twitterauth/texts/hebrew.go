package texts

import "twitterlogin.example/twitterauth"

// Hebrew returns the texts in Hebrew.
func Hebrew() *twitterauth.Texts { return copyOf(&hebrew) }

var hebrew = twitterauth.Texts{
	Lang: "he",
	Dir:  "rtl",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "הבקשה אינה שלמה או אינה תקינה.",
		twitterauth.CodeLoginRequired:        "יש להתחבר תחילה.",
		twitterauth.CodeLoginTooOld:          "נא לאשר את זהותך.",
		twitterauth.CodeTokenInvalid:         "X אינה מקבלת את האסימון הזה עבור האפליקציה הזו.",
		twitterauth.CodeAccessDenied:         "ההתחברות באמצעות X בוטלה. דבר לא השתנה.",
		twitterauth.CodeLoginMismatch:        "ההתחברות הזו החלה בדפדפן אחר או באפליקציה אחרת, או שהדפדפן הזה חוסם קובצי Cookie. אפשר לחזור למקום שבו היא החלה, או להתחיל כאן מחדש.",
		twitterauth.CodeLoginExpired:         "ההתחברות הזו ארכה זמן רב מדי או שכבר נעשה בה שימוש. נא להתחיל מחדש.",
		twitterauth.CodeLoginRefused:         "אי אפשר להתחבר כאן עם החשבון הזה.",
		twitterauth.CodeProfileIncomplete:    "בפרופיל ה־X שלך חסר משהו שהאתר הזה צריך, כגון כתובת דוא״ל מאומתת.",
		twitterauth.CodeAccountUnavailable:   "לפי X, החשבון הזה מושעה או נעול. נא לפנות אל X.",
		twitterauth.CodeCrossOrigin:          "הבקשה הזו הגיעה מאתר אחר, או שלא נשלחה על ידי אדם.",
		twitterauth.CodeNotFound:             "אין כאן דבר.",
		twitterauth.CodeMethodNotAllowed:     "הכתובת הזו אינה מקבלת בקשות מסוג זה.",
		twitterauth.CodeRequestTimeout:       "הבקשה הגיעה לאט מדי.",
		twitterauth.CodeAlreadyLinked:        "חשבון ה־X הזה שייך למשתמש אחר באתר.",
		twitterauth.CodeBodyTooLarge:         "הבקשה גדולה מ־8 KiB.",
		twitterauth.CodeUnsupportedMediaType: "יש לשלוח application/json או application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "משהו השתבש אצלנו. נא לנסות שוב מאוחר יותר.",
		twitterauth.CodeAppMisconfigured:     "ההתחברות באמצעות X אינה מוגדרת כראוי באתר הזה. מפעילי האתר קיבלו הודעה על הסיבה.",
		twitterauth.CodeProviderUnavailable:  "אין כרגע גישה אל X. נא לנסות שוב.",
		twitterauth.CodeRateLimited:          "X אינה מאפשרת כרגע לאיש להתחבר כאן. נא לנסות שוב מאוחר יותר.",
		twitterauth.CodeOverloaded:           "יותר מדי אנשים מתחברים כרגע. נא לנסות שוב בעוד רגע.",
		twitterauth.CodeStoreUnavailable:     "איננו יכולים לאתר כרגע את הפרטים שלך. נא לנסות שוב בעוד רגע.",
		twitterauth.CodeProviderTimeout:      "X לא השיבה בזמן. נא לנסות שוב.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "נא להתחבר",
		twitterauth.CodeLoginTooOld:      "נא לאשר את זהותך",
		twitterauth.CodeAccessDenied:     "ההתחברות בוטלה",
		twitterauth.CodeLoginMismatch:    "ההתחברות לא הושלמה",
		twitterauth.CodeLoginExpired:     "תוקף ההתחברות פג",
		twitterauth.CodeLoginRefused:     "אי אפשר להתחבר",
		twitterauth.CodeAlreadyLinked:    "החשבון כבר מקושר",
		twitterauth.CodeNotFound:         "לא נמצא",
		twitterauth.CodeAppMisconfigured: "ההתחברות אינה זמינה",
	},
	OtherTitle: "הפעולה לא הצליחה",

	SignInTitle:   "התחברות",
	SignInMessage: "לחיצה על הלחצן תחבר אותך אל {site} עם חשבון ה־X שלך.",
	SignInButton:  "התחברות באמצעות X",
	LinkButton:    "קישור חשבון ה־X שלך",
	StayLoggedIn:  "שמירת ההתחברות",
	LoginPageLink: "התחברות",
	HomeLink:      "חזרה לאתר",

	LogOutTitle:   "התנתקות",
	LogOutMessage: "לחיצה על הלחצן תנתק אותך מ־{site}.",
	LogOutButton:  "התנתקות",

	AppTitle:         "התחברות לאפליקציה",
	AppMessage:       "אפליקציה במכשיר הזה מבקשת לחבר אותך אל {site} עם חשבון ה־X שלך. יש להמשיך רק אם התחלת זאת זה עתה באפליקציה.",
	BackToAppTitle:   "חזרה לאפליקציה",
	BackToAppMessage: "אם האפליקציה אינה נפתחת מעצמה, אפשר להשתמש בלחצן.",
	BackToAppLink:    "חזרה לאפליקציה",

	AppAddressUsed:      "כבר נעשה שימוש בכתובת הזו, או שאינה תקפה. נא להתחיל מחדש באפליקציה.",
	AppLoginUsed:        "כבר נעשה שימוש בהתחברות הזו. יש לחזור לאפליקציה, ואם הפעולה לא הצליחה, להתחיל בה מחדש.",
	WrongCallback:       "זו אינה כתובת ש־X מחזירה אליה אנשים. נא להתחיל מחדש.",
	OtherHost:           "יש לפתוח את האתר הזה בכתובת {origin}, שאליה חוזרות ההתחברויות.",
	LinkElsewhere:       "התחלת לקשר את חשבון ה־X שלך בדפדפן אחר או באפליקציה אחרת. יש לחזור לשם ולקשר אותו שוב.",
	LinkOrLoginMismatch: "הפעולה הזו החלה בדפדפן אחר או באפליקציה אחרת, או שהדפדפן הזה חוסם קובצי Cookie. אם קישרת את X לחשבון שלך, יש לחזור לשם; אם ניסית להתחבר, אפשר להתחיל כאן מחדש.",
	LinkSignedOut:       "התנתקת, או שההפעלה שלך הסתיימה, לפני שחשבון ה־X שלך קושר. יש להתחבר שוב כמו קודם ולקשר אותו פעם נוספת.",
	LinkOtherUser:       "משתמש אחר התחבר כאן מאז שהתחלת לקשר את חשבון ה־X שלך. שום דבר לא קושר.",
	ConfirmSignedOut:    "התנתקת, או שההפעלה שלך הסתיימה, לפני שאישרת את זהותך. נא להתחבר שוב.",
	ConfirmOtherUser:    "משתמש אחר התחבר כאן מאז שהתחלת. דבר לא השתנה.",
	ConfirmOtherAccount: "החיבור שלך לאתר הזה הוא עם חשבון X אחר מזה שהשתמשת בו זה עתה. דבר לא השתנה; נא לאשר עם החשבון הראשון.",
}
