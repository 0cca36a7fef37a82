package main

import (
	"net/http"
	"slices"

	"twitterlogin.example/twitterauth"
)

// cartPath is the page with what a user, or a guest, is about to buy.
const cartPath = "/cart"

// product is what the site has for sale.
type product struct{ ID, Name string }

var products = []product{{"tea", "Tea"}, {"mug", "Mug"}, {"card", "Postcard"}}

// cart is what cart.html shows.
type cart struct {
	Lines    []cartLine
	Products []product
}

type cartLine struct {
	Name     string
	Quantity int
}

func (a *app) showCart(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	quantities, err := a.users.cart(r.Context(), user.ID)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v := a.view(user)
	v.Link = a.linkButton(cartPath, inviteOf(r), twitterauth.Label("Sign in with X"))
	v.Cart.Products = products
	for _, p := range products {
		if n := quantities[p.ID]; n > 0 {
			v.Cart.Lines = append(v.Cart.Lines, cartLine{p.Name, n})
		}
	}
	a.pages.render(w, http.StatusOK, "cart.html", v)
}

func (a *app) addToCart(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	item := r.PostFormValue("item")
	if !slices.ContainsFunc(products, func(p product) bool { return p.ID == item }) {
		a.refuse(w, user, "Nothing was added", "This is not for sale here.")
		return
	}
	a.backTo(w, r, cartPath, a.users.addToCart(r.Context(), user.ID, item))
}
