package twitterauth

import "maps"

// EnglishTexts returns a copy of the English texts, to change or to translate.
func EnglishTexts() *Texts {
	t := english
	t.Messages, t.Titles = maps.Clone(t.Messages), maps.Clone(t.Titles)
	return &t
}

// english is what visitors read unless Config.Texts has something else. It has every
// text.
var english = Texts{
	Lang: "en",
	Dir:  "ltr",

	Messages: map[string]string{
		CodeBadRequest:           "The request is not complete or not well-formed.",
		CodeLoginRequired:        "Please sign in first.",
		CodeLoginTooOld:          "Please confirm that it is you.",
		CodeTokenInvalid:         "X does not accept this token for this app.",
		CodeAccessDenied:         "You cancelled signing in with X. Nothing was changed.",
		CodeLoginMismatch:        "This sign-in was started in another browser or app, or this browser blocks cookies. Go back to where you started it, or start again here.",
		CodeLoginExpired:         "This sign-in took too long or was used already. Please start again.",
		CodeLoginRefused:         "This account may not sign in here.",
		CodeProfileIncomplete:    "Your X profile lacks something that this site needs, such as a confirmed email address.",
		CodeAccountUnavailable:   "This account is suspended or locked at X. Please see X about it.",
		CodeCrossOrigin:          "This request came from another site, or was not made by a person.",
		CodeNotFound:             "There is nothing here.",
		CodeMethodNotAllowed:     "This address does not take this kind of request.",
		CodeRequestTimeout:       "The request took too long to arrive.",
		CodeAlreadyLinked:        "This X account belongs to another user of this site.",
		CodeBodyTooLarge:         "The request is larger than 8 KiB.",
		CodeUnsupportedMediaType: "Send application/json or application/x-www-form-urlencoded.",
		CodeStoreFailed:          "Something went wrong on our side. Please try again later.",
		CodeAppMisconfigured:     "Signing in with X is not set up correctly on this site. The reason is in its operator's log.",
		CodeProviderUnavailable:  "X cannot be reached right now. Please try again.",
		CodeRateLimited:          "X accepts no more sign-ins here for a moment. Please try again later.",
		CodeOverloaded:           "Too many people are signing in right now. Please try again in a moment.",
		CodeStoreUnavailable:     "We cannot look you up right now. Please try again in a moment.",
		CodeProviderTimeout:      "X did not answer in time. Please try again.",
	},
	Titles: map[string]string{
		CodeLoginRequired:    "Please sign in",
		CodeLoginTooOld:      "Please confirm that it is you",
		CodeAccessDenied:     "Sign-in cancelled",
		CodeLoginMismatch:    "Sign-in not finished",
		CodeLoginExpired:     "Sign-in has expired",
		CodeLoginRefused:     "You cannot sign in",
		CodeAlreadyLinked:    "Already linked",
		CodeNotFound:         "Not found",
		CodeAppMisconfigured: "Sign-in is not available",
	},
	OtherTitle: "That did not work",

	SignInTitle:   "Sign in",
	SignInMessage: "You are about to sign in to {site} with your X account.",
	SignInButton:  "Sign in with X",
	LinkButton:    "Connect your X account",
	StayLoggedIn:  "Keep me logged in",
	LoginPageLink: "Sign in",
	HomeLink:      "Back to the site",

	LogOutTitle:   "Log out",
	LogOutMessage: "You are about to log out of {site}.",
	LogOutButton:  "Log out",

	AppTitle:         "Sign in to the app",
	AppMessage:       "An app on this device asks to sign you in to {site} with your X account. Go on only if you have just started this in the app.",
	BackToAppTitle:   "Back to the app",
	BackToAppMessage: "If the app does not open by itself, use the button.",
	BackToAppLink:    "Back to the app",

	AppAddressUsed:      "This address is used up or not valid. Please start again in the app.",
	AppLoginUsed:        "This sign-in was used already. Go back to the app, and start again there if it did not work.",
	WrongCallback:       "X does not send people back to this address. Please start again.",
	OtherHost:           "Open this site at {origin}, where its logins come back to.",
	LinkElsewhere:       "You started connecting your X account in another browser or app. Go back there and connect it again.",
	LinkOrLoginMismatch: "This was started in another browser or app, or this browser blocks cookies. If you were connecting X to your account, go back there; if you were signing in, you can start again here.",
	LinkSignedOut:       "You signed out, or your session ended, before your X account was connected. Sign in again as before and connect it once more.",
	LinkOtherUser:       "Another user has signed in here since you started connecting your X account. Nothing was connected.",
	ConfirmSignedOut:    "You signed out, or your session ended, before you had confirmed who you are. Please sign in again.",
	ConfirmOtherUser:    "Another user has signed in here since you started. Nothing was changed.",
	ConfirmOtherAccount: "You are signed in to this site with another X account than the one you have just used. Nothing was changed; please confirm with the first.",
}
