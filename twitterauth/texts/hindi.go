package texts

import "twitterlogin.example/twitterauth"

// Hindi returns the texts in Hindi, with the formal address.
func Hindi() *twitterauth.Texts { return copyOf(&hindi) }

var hindi = twitterauth.Texts{
	Lang: "hi",

	Messages: map[string]string{
		twitterauth.CodeBadRequest:           "अनुरोध अधूरा है या सही रूप में नहीं है।",
		twitterauth.CodeLoginRequired:        "कृपया पहले साइन इन करें।",
		twitterauth.CodeLoginTooOld:          "कृपया पुष्टि करें कि यह आप ही हैं।",
		twitterauth.CodeTokenInvalid:         "X इस ऐप के लिए इस टोकन को स्वीकार नहीं करता।",
		twitterauth.CodeAccessDenied:         "आपने X से साइन इन करना रद्द कर दिया। कुछ भी नहीं बदला गया।",
		twitterauth.CodeLoginMismatch:        "यह साइन-इन किसी दूसरे ब्राउज़र या ऐप में शुरू किया गया था, या यह ब्राउज़र कुकी रोकता है। जहाँ आपने शुरू किया था वहाँ वापस जाएँ, या यहाँ फिर से शुरू करें।",
		twitterauth.CodeLoginExpired:         "इस साइन-इन में बहुत समय लगा या इसका उपयोग पहले ही हो चुका है। कृपया फिर से शुरू करें।",
		twitterauth.CodeLoginRefused:         "इस खाते से यहाँ साइन इन नहीं किया जा सकता।",
		twitterauth.CodeProfileIncomplete:    "आपकी X प्रोफ़ाइल में इस साइट के लिए ज़रूरी कुछ जानकारी नहीं है, जैसे पुष्टि किया हुआ ईमेल पता।",
		twitterauth.CodeAccountUnavailable:   "X के अनुसार यह खाता निलंबित या लॉक है। कृपया इस बारे में X से संपर्क करें।",
		twitterauth.CodeCrossOrigin:          "यह अनुरोध किसी दूसरी साइट से आया है, या किसी व्यक्ति ने नहीं किया।",
		twitterauth.CodeNotFound:             "यहाँ कुछ नहीं है।",
		twitterauth.CodeMethodNotAllowed:     "यह पता इस प्रकार का अनुरोध स्वीकार नहीं करता।",
		twitterauth.CodeRequestTimeout:       "अनुरोध पहुँचने में बहुत समय लगा।",
		twitterauth.CodeAlreadyLinked:        "यह X खाता इस साइट के किसी दूसरे उपयोगकर्ता का है।",
		twitterauth.CodeBodyTooLarge:         "अनुरोध 8 KiB से बड़ा है।",
		twitterauth.CodeUnsupportedMediaType: "application/json या application/x-www-form-urlencoded भेजें।",
		twitterauth.CodeStoreFailed:          "हमारी ओर से कुछ गड़बड़ हो गई। कृपया बाद में फिर से कोशिश करें।",
		twitterauth.CodeAppMisconfigured:     "इस साइट पर X से साइन इन सही तरह से सेट नहीं है। साइट चलाने वालों को कारण बता दिया गया है।",
		twitterauth.CodeProviderUnavailable:  "अभी X से संपर्क नहीं हो पा रहा है। कृपया फिर से कोशिश करें।",
		twitterauth.CodeRateLimited:          "X फ़िलहाल किसी को भी यहाँ साइन इन नहीं करने दे रहा है। कृपया बाद में फिर से कोशिश करें।",
		twitterauth.CodeOverloaded:           "अभी बहुत सारे लोग साइन इन कर रहे हैं। कृपया थोड़ी देर में फिर से कोशिश करें।",
		twitterauth.CodeStoreUnavailable:     "अभी हम आपकी जानकारी नहीं देख पा रहे हैं। कृपया थोड़ी देर में फिर से कोशिश करें।",
		twitterauth.CodeProviderTimeout:      "X ने समय पर जवाब नहीं दिया। कृपया फिर से कोशिश करें।",
	},
	Titles: map[string]string{
		twitterauth.CodeLoginRequired:    "कृपया साइन इन करें",
		twitterauth.CodeLoginTooOld:      "कृपया पुष्टि करें कि यह आप ही हैं",
		twitterauth.CodeAccessDenied:     "साइन-इन रद्द किया गया",
		twitterauth.CodeLoginMismatch:    "साइन-इन पूरा नहीं हुआ",
		twitterauth.CodeLoginExpired:     "साइन-इन की समय-सीमा समाप्त हो गई",
		twitterauth.CodeLoginRefused:     "आप साइन इन नहीं कर सकते",
		twitterauth.CodeAlreadyLinked:    "पहले से जुड़ा हुआ है",
		twitterauth.CodeNotFound:         "नहीं मिला",
		twitterauth.CodeAppMisconfigured: "साइन-इन उपलब्ध नहीं है",
	},
	OtherTitle: "यह नहीं हो सका",

	SignInTitle:   "साइन इन करें",
	SignInMessage: "आप अपने X खाते से {site} पर साइन इन करने वाले हैं।",
	SignInButton:  "X से साइन इन करें",
	LinkButton:    "अपना X खाता जोड़ें",
	StayLoggedIn:  "मुझे साइन इन रखें",
	LoginPageLink: "साइन इन करें",
	HomeLink:      "साइट पर वापस जाएँ",

	LogOutTitle:   "साइन आउट करें",
	LogOutMessage: "आप {site} से साइन आउट करने वाले हैं।",
	LogOutButton:  "साइन आउट करें",

	AppTitle:         "ऐप में साइन इन करें",
	AppMessage:       "इस डिवाइस का एक ऐप आपके X खाते से आपको {site} पर साइन इन कराने का अनुरोध कर रहा है। तभी आगे बढ़ें जब आपने इसे अभी-अभी ऐप में शुरू किया हो।",
	BackToAppTitle:   "ऐप पर वापस जाएँ",
	BackToAppMessage: "अगर ऐप अपने आप नहीं खुलता है, तो बटन का उपयोग करें।",
	BackToAppLink:    "ऐप पर वापस जाएँ",

	AppAddressUsed:      "इस पते का उपयोग हो चुका है या यह मान्य नहीं है। कृपया ऐप में फिर से शुरू करें।",
	AppLoginUsed:        "इस साइन-इन का उपयोग पहले ही हो चुका है। ऐप पर वापस जाएँ, और अगर बात न बनी हो तो वहाँ फिर से शुरू करें।",
	WrongCallback:       "X लोगों को इस पते पर वापस नहीं भेजता। कृपया फिर से शुरू करें।",
	OtherHost:           "इस साइट को {origin} पर खोलें, क्योंकि साइन-इन वहीं वापस आते हैं।",
	LinkElsewhere:       "आपने अपना X खाता जोड़ना किसी दूसरे ब्राउज़र या ऐप में शुरू किया था। वहाँ वापस जाएँ और उसे फिर से जोड़ें।",
	LinkOrLoginMismatch: "यह किसी दूसरे ब्राउज़र या ऐप में शुरू किया गया था, या यह ब्राउज़र कुकी रोकता है। अगर आप X को अपने खाते से जोड़ रहे थे, तो वहाँ वापस जाएँ; अगर आप साइन इन कर रहे थे, तो यहाँ फिर से शुरू कर सकते हैं।",
	LinkSignedOut:       "आपका X खाता जुड़ने से पहले आपने साइन आउट कर दिया या आपका सत्र समाप्त हो गया। पहले की तरह फिर से साइन इन करें और उसे एक बार फिर जोड़ें।",
	LinkOtherUser:       "जब से आपने अपना X खाता जोड़ना शुरू किया, तब से यहाँ किसी दूसरे उपयोगकर्ता ने साइन इन किया है। कुछ भी नहीं जोड़ा गया।",
	ConfirmSignedOut:    "अपनी पहचान की पुष्टि करने से पहले आपने साइन आउट कर दिया या आपका सत्र समाप्त हो गया। कृपया फिर से साइन इन करें।",
	ConfirmOtherUser:    "जब से आपने शुरू किया, तब से यहाँ किसी दूसरे उपयोगकर्ता ने साइन इन किया है। कुछ भी नहीं बदला गया।",
	ConfirmOtherAccount: "आपने अभी जिस X खाते का उपयोग किया, इस साइट पर आप उससे अलग X खाते से साइन इन हैं। कुछ भी नहीं बदला गया; कृपया पहले वाले खाते से पुष्टि करें।",
}
