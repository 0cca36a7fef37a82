package texts

import "twitterlogin.example/twitterauth"

// Ukrainian returns the texts in Ukrainian, with the formal address.
func Ukrainian() *twitterauth.Texts { return copyOf(&ukrainian) }

var ukrainian = twitterauth.Texts{
	Lang: "uk",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "Запит неповний або неправильно сформований.",
		twitterauth.CodeLoginRequired:        "Спершу увійдіть, будь ласка.",
		twitterauth.CodeLoginTooOld:          "Підтвердьте, будь ласка, що це ви.",
		twitterauth.CodeTokenInvalid:         "X не приймає цей токен для цього застосунку.",
		twitterauth.CodeAccessDenied:         "Ви скасували вхід через X. Нічого не змінено.",
		twitterauth.CodeLoginMismatch:        "Цей вхід розпочато в іншому браузері чи застосунку, або цей браузер блокує файли cookie. Поверніться туди, де ви його розпочали, або почніть тут знову.",
		twitterauth.CodeLoginExpired:         "Цей вхід тривав надто довго або вже був використаний. Будь ласка, почніть знову.",
		twitterauth.CodeLoginRefused:         "З цим обліковим записом тут не можна увійти.",
		twitterauth.CodeProfileIncomplete:    "У вашому профілі X бракує чогось, що потрібно цьому сайту, наприклад підтвердженої адреси електронної пошти.",
		twitterauth.CodeAccountUnavailable:   "X повідомляє, що цей обліковий запис призупинено або заблоковано. Зверніться, будь ласка, до X.",
		twitterauth.CodeCrossOrigin:          "Цей запит надійшов з іншого сайту або його зробила не людина.",
		twitterauth.CodeNotFound:             "Тут нічого немає.",
		twitterauth.CodeMethodNotAllowed:     "Ця адреса не приймає запитів такого типу.",
		twitterauth.CodeRequestTimeout:       "Запит надходив надто довго.",
		twitterauth.CodeAlreadyLinked:        "Цей обліковий запис X належить іншому користувачеві цього сайту.",
		twitterauth.CodeBodyTooLarge:         "Запит перевищує 8 КіБ.",
		twitterauth.CodeUnsupportedMediaType: "Надішліть application/json або application/x-www-form-urlencoded.",
		twitterauth.CodeStoreFailed:          "Щось пішло не так на нашому боці. Будь ласка, спробуйте пізніше.",
		twitterauth.CodeAppMisconfigured:     "Вхід через X на цьому сайті налаштовано неправильно. Адміністратор сайту знає причину.",
		twitterauth.CodeProviderUnavailable:  "X зараз недоступний. Будь ласка, спробуйте ще раз.",
		twitterauth.CodeRateLimited:          "X тимчасово нікому не дозволяє тут входити. Будь ласка, спробуйте пізніше.",
		twitterauth.CodeOverloaded:           "Зараз входить надто багато людей. Будь ласка, спробуйте за хвилину.",
		twitterauth.CodeStoreUnavailable:     "Зараз ми не можемо знайти ваші дані. Будь ласка, спробуйте за хвилину.",
		twitterauth.CodeProviderTimeout:      "X не відповів вчасно. Будь ласка, спробуйте ще раз.",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "Будь ласка, увійдіть",
		twitterauth.CodeLoginTooOld:      "Підтвердьте, що це ви",
		twitterauth.CodeAccessDenied:     "Вхід скасовано",
		twitterauth.CodeLoginMismatch:    "Вхід не завершено",
		twitterauth.CodeLoginExpired:     "Термін входу минув",
		twitterauth.CodeLoginRefused:     "Ви не можете увійти",
		twitterauth.CodeAlreadyLinked:    "Уже пов’язано",
		twitterauth.CodeNotFound:         "Не знайдено",
		twitterauth.CodeAppMisconfigured: "Вхід недоступний",
	},
	OtherTitle: "Не вдалося",

	SignInTitle:   "Увійти",
	SignInMessage: "Ви збираєтеся увійти на {site} зі своїм обліковим записом X.",
	SignInButton:  "Увійти через X",
	LinkButton:    "Під’єднати обліковий запис X",
	StayLoggedIn:  "Залишатися в системі",
	LoginPageLink: "Увійти",
	HomeLink:      "Повернутися на сайт",

	LogOutTitle:   "Вийти",
	LogOutMessage: "Ви збираєтеся вийти з {site}.",
	LogOutButton:  "Вийти",

	AppTitle:         "Вхід у застосунок",
	AppMessage:       "Застосунок на цьому пристрої просить увійти на {site} з вашим обліковим записом X. Продовжуйте, лише якщо ви щойно розпочали це в застосунку.",
	BackToAppTitle:   "Повернутися в застосунок",
	BackToAppMessage: "Якщо застосунок не відкриється сам, скористайтеся кнопкою.",
	BackToAppLink:    "Повернутися в застосунок",

	AppAddressUsed:      "Цю адресу вже використано або вона недійсна. Будь ласка, почніть знову в застосунку.",
	AppLoginUsed:        "Цей вхід уже використано. Поверніться в застосунок і почніть там знову, якщо не вдалося.",
	WrongCallback:       "На цю адресу X нікого не повертає. Будь ласка, почніть знову.",
	OtherHost:           "Відкрийте цей сайт за адресою {origin}, куди повертаються його входи.",
	LinkElsewhere:       "Ви почали під’єднувати обліковий запис X в іншому браузері чи застосунку. Поверніться туди й під’єднайте його знову.",
	LinkOrLoginMismatch: "Це розпочато в іншому браузері чи застосунку, або цей браузер блокує файли cookie. Якщо ви під’єднували X до свого облікового запису, поверніться туди; якщо входили, можете почати тут знову.",
	LinkSignedOut:       "Ви вийшли або ваш сеанс завершився, перш ніж обліковий запис X було під’єднано. Увійдіть знову, як раніше, і під’єднайте його ще раз.",
	LinkOtherUser:       "Відколи ви почали під’єднувати обліковий запис X, тут увійшов інший користувач. Нічого не під’єднано.",
	ConfirmSignedOut:    "Ви вийшли або ваш сеанс завершився, перш ніж ви підтвердили свою особу. Будь ласка, увійдіть знову.",
	ConfirmOtherUser:    "Відколи ви почали, тут увійшов інший користувач. Нічого не змінено.",
	ConfirmOtherAccount: "На цьому сайті ви увійшли з іншим обліковим записом X, ніж щойно використали. Нічого не змінено; підтвердьте, будь ласка, першим.",
}
