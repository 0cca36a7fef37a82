package session

import (
	"net/http"
	"reflect"
)

// answerBegun reports whether the headers of w are already sent, after which a
// cookie would be lost silently. net/http has no way to ask, so this looks at the
// field wroteHeader that the standard library's writers keep (HTTP/1 and 2,
// TimeoutHandler, httptest), through wrappers that have Unwrap or embed the
// writer. Any other writer counts as not begun. Tests cover each of these writers,
// so that a change in the standard library shows.
func answerBegun(w http.ResponseWriter) bool {
	for range 32 { // more wrappers than anyone stacks
		v := structOf(reflect.ValueOf(w))
		if rws := structOf(directField(v, "rws")); rws.IsValid() {
			v = rws // HTTP/2's writer keeps its state one level down
		}
		if f := directField(v, "wroteHeader"); f.IsValid() && f.Kind() == reflect.Bool && f.Bool() {
			return true
		}
		if w = unwrap(w, v); w == nil {
			return false
		}
	}
	return false
}

func unwrap(w http.ResponseWriter, v reflect.Value) http.ResponseWriter {
	if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		return u.Unwrap()
	}
	if f := directField(v, "ResponseWriter"); f.IsValid() && f.CanInterface() {
		inner, _ := f.Interface().(http.ResponseWriter)
		return inner
	}
	return nil
}

// structOf follows pointers to a struct; the zero Value when they lead elsewhere.
func structOf(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v
}

// directField returns a field of v itself, not of what v embeds.
func directField(v reflect.Value, name string) reflect.Value {
	if !v.IsValid() {
		return reflect.Value{}
	}
	f, ok := v.Type().FieldByName(name)
	if !ok || len(f.Index) != 1 {
		return reflect.Value{}
	}
	return v.FieldByIndex(f.Index)
}
