package settings

import (
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/app/handover/sip2"
	"github.com/zalando/go-keyring"
)

// Names of secrets that an administrator gives a desk.
const (
	SIP2Login    = "sip2-login"
	SIP2Terminal = "sip2-terminal"
)

// ErrSecret: a desk has no secret of this name.
var ErrSecret = errors.New("the secret is sip2-login or sip2-terminal")

// Secret is an administrator's secret from the OS's key store, empty where there
// is none.
func Secret(name string) sip2.Password {
	text, err := keyring.Get(store, name)
	if err != nil {
		return ""
	}
	return sip2.Password(text)
}

// KeepSecret puts a secret into the OS's key store; an empty one goes. It returns
// ErrSecret.
func KeepSecret(name, value string) error {
	if name != SIP2Login && name != SIP2Terminal {
		return ErrSecret
	}
	if value == "" {
		if err := keyring.Delete(store, name); err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("forget %s: %w", name, err)
		}
		return nil
	}
	if err := keyring.Set(store, name, value); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}
