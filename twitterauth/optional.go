package twitterauth

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"twitterlogin.example/session"
)

// optionalInterface is an interface that a store or a SessionManager may
// implement. New finds it by type, so a method that does not fit would never be
// called, which would first be seen in production.
type optionalInterface struct {
	name string
	typ  reflect.Type
}

func optional[T any](name string) optionalInterface {
	return optionalInterface{name: name, typ: reflect.TypeFor[T]()}
}

// storeInterfaces are the optional interfaces of a UserStore.
func storeInterfaces[U any]() []optionalInterface {
	return []optionalInterface{optional[Linker]("Linker"), optional[SessionKeeper[U]]("SessionKeeper"), optional[TokenKeeper]("TokenKeeper")}
}

// managerInterfaces are the optional interfaces of a SessionManager, each with the
// methods that it adds.
func managerInterfaces() []optionalInterface {
	type touching interface {
		Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error)
	}
	type tokenStarting interface {
		StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (session.Session, string, error)
	}
	return []optionalInterface{optional[touching]("SessionToucher"), optional[tokenStarting]("TokenStarter"), optional[tokenToucher]("TouchWithToken")}
}

// found is what New finds out about optional interfaces.
type found struct {
	names    []string // implemented
	problems []string // refused
	hidden   []string // implemented by what the value embeds, and not by the value
	warnings []string // logged
}

// optionals are the optional interfaces of an app.
type optionals struct {
	names    []string
	problems []error
	warnings []string
}

// inspectOptionals looks at the store and the SessionManager. A manager that
// embeds another and hides a part of it is only a warning, because sessions go on
// without it.
func inspectOptionals[U any](store UserStore[U], manager SessionManager) (o optionals) {
	inStore := inspect(store, storeInterfaces[U]())
	for _, problem := range inStore.problems {
		o.problems = append(o.problems, &ConfigError{Field: "store", Reason: problem})
	}
	for _, hidden := range inStore.hidden {
		o.problems = append(o.problems, &ConfigError{Field: "store", Reason: hidden})
	}
	inManager := inspect(manager, managerInterfaces())
	for _, problem := range inManager.problems {
		o.problems = append(o.problems, &ConfigError{Field: "SessionManager", Reason: problem})
	}
	o.names = slices.Concat(inStore.names, inManager.names)
	for _, hidden := range inManager.hidden {
		o.warnings = append(o.warnings, "the SessionManager "+hidden)
	}
	o.warnings = append(append(o.warnings, inStore.warnings...), inManager.warnings...)
	return o
}

// inspect looks for the interfaces on a value of the app.
func inspect(value any, interfaces []optionalInterface) (f found) {
	if isNil(value) {
		return f // refused elsewhere
	}
	t := reflect.TypeOf(value)
	for _, o := range interfaces {
		switch {
		case t.Implements(o.typ):
			f.names = append(f.names, o.name)
		case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(o.typ):
			f.problems = append(f.problems, fmt.Sprintf("is a %v, and only its pointer implements %s: give New a pointer", t, o.name))
		case t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface:
			f.inspectMethods(reflect.PointerTo(t), o) // which has the value's methods too
			f.inspectFields(reflect.ValueOf(value), o)
		default:
			f.inspectMethods(t, o)
			f.inspectFields(reflect.ValueOf(value), o)
		}
	}
	return f
}

// inspectMethods looks at methods that have the names of an interface's methods.
func (f *found) inspectMethods(t reflect.Type, o optionalInterface) {
	var missing []string
	fits := false
	for i := range o.typ.NumMethod() {
		want := o.typ.Method(i)
		have, ok := t.MethodByName(want.Name)
		switch {
		case !ok:
			missing = append(missing, want.Name)
		case sameSignature(have.Type, want.Type):
			fits = true
		case mentionsModule(have.Type):
			f.problems = append(f.problems, fmt.Sprintf("has a method %s%s that does not fit %s: write it as %s%s", want.Name, signature(have.Type, true), o.name, want.Name, signature(want.Type, false)))
		default:
			missing = append(missing, want.Name)
			f.warnings = append(f.warnings, fmt.Sprintf("%v has a method %s, a name of %s, with another signature, so it is not called", t, want.Name, o.name))
		}
	}
	if fits && len(missing) > 0 {
		f.problems = append(f.problems, fmt.Sprintf("has only a part of %s: add %s", o.name, strings.Join(missing, ", ")))
	}
}

// inspectFields looks for a field that implements the interface, which a store
// that wraps another (for tracing, say) hides: by embedding it behind an interface,
// or under a field or a second method of the same name. It follows wrappers of
// wrappers.
func (f *found) inspectFields(v reflect.Value, o optionalInterface) {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		field, inner := v.Type().Field(i), v.Field(i)
		if inner.Kind() == reflect.Interface {
			inner = inner.Elem() // invalid if nil
		}
		isHidden := inner.IsValid() && implements(inner.Type(), o.typ)
		switch {
		case isHidden && field.Anonymous:
			f.hidden = append(f.hidden, fmt.Sprintf("embeds %v and hides its %s: forward its methods, or New would not call them", inner.Type(), o.name))
		case isHidden:
			f.warnings = append(f.warnings, fmt.Sprintf("%v has a field %s whose %v implements %s, and does not implement it itself, so it is not called", v.Type(), field.Name, inner.Type(), o.name))
		case field.Anonymous:
			f.inspectFields(inner, o)
		}
	}
}

// implements also looks at the methods of a field's address.
func implements(t, want reflect.Type) bool {
	return t.Implements(want) || t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(want)
}

// sameSignature compares a method of a type, whose first parameter is the
// receiver, with a method of an interface.
func sameSignature(method, want reflect.Type) bool {
	if method.NumIn() != want.NumIn()+1 || method.NumOut() != want.NumOut() || method.IsVariadic() != want.IsVariadic() {
		return false
	}
	for i := range want.NumIn() {
		if method.In(i+1) != want.In(i) {
			return false
		}
	}
	for i := range want.NumOut() {
		if method.Out(i) != want.Out(i) {
			return false
		}
	}
	return true
}

// modulePath begins the import paths of this module's packages.
var modulePath = strings.TrimSuffix(reflect.TypeFor[Config]().PkgPath(), "/twitterauth")

// mentionsModule reports whether a method takes or returns a type of this module,
// so that it is surely meant for it.
func mentionsModule(method reflect.Type) bool {
	return slices.ContainsFunc(parametersOf(method)[1:], isOfModule) // without the receiver
}

// parametersOf returns the types of a function's parameters and results.
func parametersOf(f reflect.Type) (types []reflect.Type) {
	for i := range f.NumIn() {
		types = append(types, f.In(i))
	}
	for i := range f.NumOut() {
		types = append(types, f.Out(i))
	}
	return types
}

func isOfModule(t reflect.Type) bool {
	if t.Kind() == reflect.Func && t.Name() == "" {
		return slices.ContainsFunc(parametersOf(t), isOfModule)
	}
	for t.Name() == "" && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map || t.Kind() == reflect.Chan) {
		t = t.Elem()
	}
	path := t.PkgPath()
	return path == modulePath+"/twitterauth" || path == modulePath+"/session" || path == modulePath+"/mapping"
}

// signature writes a method's parameters and results, without its receiver.
func signature(method reflect.Type, hasReceiver bool) string {
	var in, out []string
	for i := range method.NumIn() {
		if i > 0 || !hasReceiver {
			in = append(in, method.In(i).String())
		}
	}
	for i := range method.NumOut() {
		out = append(out, method.Out(i).String())
	}
	result := strings.Join(out, ", ")
	if len(out) > 1 {
		result = "(" + result + ")"
	}
	return strings.TrimSpace("(" + strings.Join(in, ", ") + ") " + result)
}
