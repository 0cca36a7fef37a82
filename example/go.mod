module twitterlogin.example/example

go 1.25.0

require (
	modernc.org/sqlite v1.59.0
	twitterlogin.example v0.0.0
)

replace twitterlogin.example => ../
