package session_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"twitterlogin.example/session"
)

func TestKeyRoundTrip(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	raw, err := base64.RawURLEncoding.DecodeString(key.Encode())
	if err != nil || len(raw) != 32 {
		t.Fatalf("Encode gives %d bytes, %v", len(raw), err)
	}
	for name, text := range map[string]string{
		"as encoded":      key.Encode(),
		"with a newline":  key.Encode() + "\n",
		"standard base64": base64.StdEncoding.EncodeToString(raw),
		"hexadecimal":     hex.EncodeToString(raw),
	} {
		got, err := session.ParseKey(text)
		if err != nil || got.Encode() != key.Encode() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "   ", "secret", strings.Repeat("A", 43), strings.Repeat("0", 64),
		session.NewKey().Encode()[1:], session.NewKey().Encode() + "AA", strings.Repeat("z", 64), strings.Repeat("é", 32),
	} {
		if _, err := session.ParseKey(text); err == nil {
			t.Errorf("%q was accepted", text)
		} else if strings.TrimSpace(text) != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error shows the text: %v", err)
		}
	}
}

func TestKeyIsRedacted(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	raw, _ := base64.RawURLEncoding.DecodeString(key.Encode())
	type holder struct {
		Key    session.Key
		hidden session.Key
		Keys   []session.Key
	}
	values := []any{key, &key, []session.Key{key}, map[string]session.Key{"k": key}, holder{key, key, []session.Key{key}}, session.Config{Keys: []session.Key{key}}, newManager(t, session.Config{Keys: []session.Key{key}})}
	var texts []string
	for _, v := range values {
		for _, verb := range "vTtbcdoOqxXUeEfFgGspwz" {
			for _, flag := range []string{"", "+", "#", " ", "0", "-20", ".3"} {
				texts = append(texts, fmt.Sprintf("%"+flag+string(verb), v))
			}
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(handler(&b)).Info("m", "v", v)
			texts = append(texts, b.String())
		}
		if b, err := json.Marshal(v); err == nil {
			texts = append(texts, string(b))
		}
		if b, err := xml.Marshal(v); err == nil {
			texts = append(texts, string(b))
		}
	}
	secrets := []string{
		key.Encode(), string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
		base64.StdEncoding.EncodeToString(raw), strings.Trim(fmt.Sprint(raw), "[]"), strings.Trim(fmt.Sprintf("%#v", raw), "[]byte{}"), //nolint:staticcheck // QF1010: the bytes as numbers are meant
		fmt.Sprintf("%d, %d, %d", raw[0], raw[1], raw[2]), fmt.Sprintf("%x %x %x %x", raw[0], raw[1], raw[2], raw[3]), fmt.Sprintf("%d %d %d %d", raw[0], raw[1], raw[2], raw[3]),
	}
	for _, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Fatalf("%q shows the key", text)
			}
		}
	}
	if got := key.String() + key.GoString(); got != "[redacted][redacted]" {
		t.Errorf("String and GoString: %s", got)
	}
	if got := fmt.Sprintf("%v %s %+v %#v %x %d", key, key, key, key, key, key); strings.Count(got, "[redacted]") != 6 {
		t.Errorf("prints as %s", got)
	}
	if (session.Key{}).Encode() != "" {
		t.Error("an empty key encodes to something")
	}
}
